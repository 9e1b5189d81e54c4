/** Secrets of the configuration. */
export const SETTINGS = {
  dsnKey: "5eed0dd5c0ffee00ba11ca5cade5a1ad",
  dsnPassword: "0ddba11500ff1ce5d15ea5edca55e77e",
  collectorKey: "collector-key-9f3Kq27Lx",
  collectorToken: "collector.token.Vw83hd02Qm",
  databasePassword: "vault-pass-77xQ2",
  proxyPassword: "proxy-pass-41Zt8",
  hashKey: "hash-key-of-all-services-6Rn3",
} as const;

/** Secrets of requests, and of what goes wrong with them. */
export const PERSONAL = {
  email: "ada.byron@mail.example",
  phone: "+44 20 7946 0958",
  card: "4539 1488 0343 6467",
  cardDigits: "4539148803436467",
  jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEuYnlyb24ifQ.c2lnbmF0dXJlLW9mLWFkYQ",
  password: "correct-horse-9Tz",
  urlPassword: "battery-staple-7Wd",
  bearer: "bearer-of-ada-Xk20dLq",
  cookie: "cookie-of-ada-Pm47sRv",
  baggage: "member-of-ada-Hn31cBy",
  holder: "Augusta Ada King-Noel",
} as const;

/** All that must not be written or sent, by name. */
export const PLANTED: Readonly<Record<string, string>> = { ...SETTINGS, ...PERSONAL };

/** Something harmless, by which one sees that what stands beside the secrets has got through. */
export const marker = (way: string): string => `order-of-${way}`;

/** A message such as errors have, with an order number to find it by. */
export function telltale(way: string): string {
  const { email, phone, card, cardDigits, jwt, password, urlPassword, bearer } = PERSONAL;
  return (
    `${marker(way)} for ${email} (${phone}): card ${card}, again ${cardDigits}; token ${jwt}; ` +
    `password=${password} Bearer ${bearer} at postgres://app:${urlPassword}@db.example/orders`
  );
}
