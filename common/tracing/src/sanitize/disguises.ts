/** Characters that stand for others: percent-encoded (also repeatedly), as in JSON, as in HTML, full-width, or other dashes. */
const STAND_INS =
  /%(?:25)*([2-7][\da-f])|\\{1,15}u00([2-7][\da-f])|&#x([2-7][\da-f]);|&#(\d{2,3});|&(amp|quot|apos|lt|gt);|([\uff01-\uff5e])|([\u2010-\u2015\u2212])|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/gi;

const NAMED: Readonly<Record<string, string>> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };

/** The text as it reads where nothing in it is encoded, and without what cannot be seen. */
export function undisguised(text: string): string {
  return text.replace(
    STAND_INS,
    (
      _all,
      percent?: string,
      json?: string,
      hex?: string,
      decimal?: string,
      named?: string,
      wide?: string,
      dash?: string,
    ) => {
      const code = percent ?? json ?? hex;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      if (decimal !== undefined) return String.fromCharCode(Number(decimal));
      if (named !== undefined) return NAMED[named.toLowerCase()] ?? "";
      if (wide !== undefined) return String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
      return dash === undefined ? "" : "-";
    },
  );
}
