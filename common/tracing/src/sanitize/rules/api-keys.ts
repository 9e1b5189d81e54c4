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
  String.raw`(?<=(?<![A-Za-z0-9])(?:bot)?\d{8,10}:)AA[\w-]{30,}`, // Telegram
];

export const apiKeys = maskMatches(
  Mark.long,
  /(?<![A-Za-z0-9])(?:A[SKB]IA|AIza|ya29|GOCSPX|gh[pousr]_|github_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|[rs]k_[lt]|whsec|SG\.|SK[0-9a-f]|key-|npm_|pypi-|dckr_|sk-|hf_|sntry|hv[sbr]\.|do[opr]_v|shp[a-z]{2}_|gl(?:sa|c)_|dapi|AA[\w-]{30})/,
  new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES.join("|")})`, "g"),
);

/** Keys that only what stands before them tells: webhooks, signatures of shared access. */
export const keysInContext = maskMatches(
  Mark.long | Mark.assignment,
  /hooks|[Ss]ig=/,
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,20}\/|(?<![A-Za-z0-9])[Ss]ig=)[\w+/%-]{20,}=*/g,
);
