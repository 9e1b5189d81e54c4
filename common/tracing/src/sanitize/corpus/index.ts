import { apiKeys } from "./api-keys.ts";
import { cards } from "./cards.ts";
import { emails, phones, socialSecurityNumbers } from "./contacts.ts";
import type { MarkedText } from "./corpus-case.ts";
import { assignments, credentials } from "./credentials.ts";
import { ibans } from "./ibans.ts";
import { ids } from "./ids.ts";
import { messages } from "./messages.ts";
import { urls } from "./urls.ts";

/** All texts, by kind. */
export const CORPUS: Readonly<Record<string, readonly MarkedText[]>> = {
  cards,
  ibans,
  emails,
  phones,
  socialSecurityNumbers,
  credentials,
  assignments,
  apiKeys,
  urls,
  ids,
  messages,
};
