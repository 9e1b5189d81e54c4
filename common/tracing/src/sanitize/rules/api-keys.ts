import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

/** Keys and tokens that their issuers have given a form that tells them, so that scanners find them. */
const SHAPES = [
  "A[SKB]IA[A-Z0-9]{16}(?![A-Za-z0-9])", // AWS: access keys and temporary ones
  String.raw`AIza[\w-]{35}(?![\w-])|ya29\.[\w-]{20,}|GOCSPX-[\w-]{28}`, // Google
  String.raw`gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}`, // GitHub
  String.raw`gl(?:pat|oas|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w-]{20,}`, // GitLab
  String.raw`xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}`, // Slack
  String.raw`[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[\w+/=]{20,}`, // Stripe
  String.raw`SG\.[\w-]{16,64}\.[\w-]{16,64}`, // SendGrid
  "SK[0-9a-f]{32}(?![A-Za-z0-9])", // Twilio
  "key-[0-9a-f]{32}(?![A-Za-z0-9])", // Mailgun
  String.raw`npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])|pypi-AgE[\w-]{20,}`, // package registries
  String.raw`dckr_(?:pat|oat)_[\w-]{20,}`, // Docker
  String.raw`sk-(?:[A-Za-z0-9]{20,}|(?:proj|svcacct|admin|ant|or)-[\w-]{20,})`, // OpenAI, Anthropic and likes
  "hf_[A-Za-z]{34}(?![A-Za-z0-9])", // Hugging Face
  String.raw`sntry[su]_[\w+/=-]{20,}`, // Sentry
  String.raw`hv[sbr]\.[\w-]{20,}`, // HashiCorp Vault
  "do[opr]_v1_[0-9a-f]{64}", // DigitalOcean
  "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", // Shopify
  String.raw`glsa_\w{32,}|glc_[\w+/=]{32,}`, // Grafana
  "dapi[0-9a-f]{32}(?![A-Za-z0-9])", // Databricks
  String.raw`xox[cd]-[\w%+/-]{10,}`, // Slack: browsers
  String.raw`AT(?:ATT3x|CTT3x|BB)[\w=-]{20,}`, // Atlassian
  String.raw`sq0(?:atp|csp|idp)-[\w-]{20,}|EAAA[\w-]{56,}`, // Square
  "lin_api_[A-Za-z0-9]{32,}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{40,}", // Linear, Notion
  String.raw`NRAK-[A-Z0-9]{27}|NR(?:JS|IQ|II)-[\w-]{19,}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}`, // New Relic, Postman
  String.raw`figd_[\w-]{30,}|dp\.(?:pt|ct|st|sa|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,}`, // Figma, Doppler
  String.raw`sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,}|pscale_(?:pw|tkn|oauth)_[\w.-]{32,}`, // Supabase, PlanetScale
  String.raw`xkeysib-[0-9a-f]{64}-\w{16}|pul-[0-9a-f]{40}|rubygems_[0-9a-f]{48}|tskey-[\w-]{20,}`, // Brevo, Pulumi, RubyGems, Tailscale
  String.raw`gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|r8_[A-Za-z0-9]{37,}|sk-(?:None|lf)-[\w-]{20,}`, // Groq, xAI, Replicate
  String.raw`GR1348941[\w-]{20,}|glffct-[\w-]{20,}`, // GitLab, older
  String.raw`EZ[AT]K[A-Za-z0-9]{54}|shippo_live_[0-9a-f]{40}|duffel_live_[\w-]{40,}`, // EasyPost, Shippo, Duffel
  String.raw`AGE-SECRET-KEY-1[A-Z0-9]{58}|1//0[\w-]{30,}`, // age, Google's refresh tokens
  String.raw`(?<=(?<![A-Za-z0-9])(?:bot)?\d{8,10}:)AA[\w-]{30,}`, // Telegram
];

export const apiKeys = maskMatches(
  Mark.long,
  /(?<![A-Za-z0-9])(?:A[SKB]IA|AIza|ya29|GOCSPX|gh[pousr]_|github_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|[rs]k_[lt]|whsec|SG\.|SK[0-9a-f]|key-|npm_|pypi-|dckr_|sk-|hf_|sntry|hv[sbr]\.|do[opr]_v|shp[a-z]{2}_|gl(?:sa|c)_|dapi|AT[ACB]|sq0|EA{3}|lin_api|ntn_|secret_|NR[AJI]|PMAK|figd_|dp\.|sbp_|sb_|pscale_|xkeysib|pul-|rubygems|tskey|gsk_|xai-|r8_|GR1348941|EZ[AT]K|shippo|duffel|AGE-|1\/\/0|AA[\w-]{30})/,
  new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES.join("|")})`, "g"),
);

/** Keys that only what stands before them tells: webhooks, signatures of shared access. */
export const keysInContext = maskMatches(
  Mark.long | Mark.assignment,
  /hooks|[Ss]ig=/,
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,20}\/|(?<![A-Za-z0-9])[Ss]ig=)[\w+/%-]{20,}=*/g,
);
