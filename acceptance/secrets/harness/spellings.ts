/** Every way in which a text may be written in what a process writes or sends, as Latin-1 characters of its bytes. */
export function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const found = [
    secret,
    json,
    // In a text that is itself in JSON.
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
    bytes.toString("hex"),
    ...base64(bytes),
  ];
  return [...new Set(found.map((text) => Buffer.from(text).toString("latin1")))];
}

/** What is the same in Base64 wherever the bytes stand: they may begin at any of three places of a group. */
function base64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((shift * 8) / 6);
    const end = encoded.length - ((shift + bytes.length) % 3 === 0 ? 0 : 1);
    const core = encoded.slice(start, end);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
