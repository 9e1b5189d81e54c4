/** Characters that stand for others: percent-encoded or as in HTML (both also repeatedly), as in JSON, full-width, or other dashes. */
const STAND_INS =
  /%(?:25)*([2-7][\da-f])|\\{1,15}u00([2-7][\da-f])|&(?:amp;)*#x([2-7][\da-f]);|&(?:amp;)*#(\d{2,3});|&(?:amp;)*(amp|quot|apos|lt|gt);|([\uff01-\uff5e])|([\u2010-\u2015\u2212])|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/gi;

const NAMED: Readonly<Record<string, string>> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };

/** What is encoded in several ways is read one after the other: more often than this only texts made for it are. */
const MOST_READINGS = 8;

/** The text as it reads where nothing in it is encoded, and without what cannot be seen. */
export function undisguised(text: string): string {
  let read = text;
  let before = "";
  for (let readings = 0; read !== before && readings < MOST_READINGS; readings++) {
    before = read;
    read = before.replace(STAND_INS, standsFor);
  }
  return read;
}

type Code = string | undefined;

function standsFor(
  _all: string,
  percent: Code,
  json: Code,
  hex: Code,
  decimal: Code,
  named: Code,
  wide: Code,
  dash: Code,
): string {
  const code = percent ?? json ?? hex;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  if (named !== undefined) return NAMED[named.toLowerCase()] ?? "";
  if (wide !== undefined) return String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
  return dash === undefined ? "" : "-";
}
