import { FOREIGN_PASSWORDS } from "../foreign-passwords.ts";
import { QUOTE, SEPARATOR } from "./assigned-value.ts";

/** No boundary stands in front: the word may end another one (`DB_PASSWORD`, `accessToken`). */
export const SECRET = `(?:pass(?:word|wort|wd|phrase|code)s?|kennwort|wachtwoord|adgangskode|contrase[ñn]a|senha|mot[ _-]?de[ _-]?passe|haslo|${FOREIGN_PASSWORDS}|pwd|secrets?(?:[_ -]?key)?|token|jwt|credentials?|(?:api|access|account|private|signing|encryption|auth|subscription|application|functions|master|ssh)[_ -]?key|shared[_ -]?access[_ -]?signature|session[_-]?(?:id|key)|(?:account|passport)[_ -]?number|tax[_ -]?id|connection[_ -]?string|(?:_|-|db|user|smtp|mail|admin|root)pass|(?<![A-Za-z0-9])(?:pw|pin|otp|cvv|cvc|ssn|sid|csrf|xsrf))(?:[_-]?(?:value|string|header|raw|hash))?`;

/** In prose these say how things stand (`session: expired`); as a key of JSON, of an object or of a query they name a secret. */
const SECRET_KEY = String.raw`(?<![A-Za-z0-9])(?:auth|session|pass)(?==|${QUOTE}\s{0,4}[=:]|:\s{1,2}(?:["'${"`"}]|\{))`;

export const HEADER = "(?:authorization|cookies?)";

/** A secret word and what parts it from its value. */
export const SECRET_HEAD = String.raw`(?:${SECRET}|${SECRET_KEY})(?:${QUOTE})?\s{0,4}${SEPARATOR}\s{0,4}(?:[bru]{1,2}(?=["']))?`;
