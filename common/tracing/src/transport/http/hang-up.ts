/** The other side has ended the connection without an answer; named as by Node's own HTTP. */
export function hangUp(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}
