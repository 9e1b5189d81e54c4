import { ibanShape } from "./iban-shapes.ts";

/** Lengths and first digits of the payment card networks; timestamps and counters fall outside them. */
const CARD_NUMBER =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:20[0-4]|22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|62\d{14,17})$/;

/** Whether the digits are those of a payment card: a known network and a right Luhn digit (ISO/IEC 7812-1). */
export function isCardNumber(digits: string): boolean {
  return CARD_NUMBER.test(digits) && passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += i % 2 === 0 ? digit : doubled;
  }
  return sum % 10 === 0;
}

/** Whether the text, in capitals and without spaces, is an IBAN with right check digits (ISO 13616, ISO 7064 mod 97-10). */
export function isIban(text: string): boolean {
  const shape = ibanShape(text.slice(0, 2));
  const format = shape?.digitsOnly ? /^[A-Z]{2}\d+$/ : /^[A-Z]{2}\d{2}[A-Z0-9]+$/;
  if (text.length !== shape?.length || !format.test(text)) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    for (const digit of Number.parseInt(character, 36).toString())
      remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}
