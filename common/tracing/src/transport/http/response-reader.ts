/** Names in lower case; the values of a name that comes several times are joined by commas (RFC 9110, 5.3). */
export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Buffer;
}

/** Something that is not an HTTP/1.1 response. */
export class NotHttpError extends Error {
  override readonly name = "NotHttpError";
  readonly code = "NOT_HTTP";
}

/** Status line, headers and trailers together; Node's own limit is 16 KiB. */
const LONGEST_HEAD = 65_536;
// None of these takes longer than a line is long, whatever stands in it.
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const CHUNK_SIZE = /^0*([\da-f]{1,8})[ \t]*(?:;|$)/i;
const FORBIDDEN = /[\0\r\n]/;
/** Of these the first counts, as in Node's own HTTP: joined they say nothing. */
const SINGLE: ReadonlySet<string> = new Set(["retry-after", "content-type", "location"]);

type Part =
  | "status"
  | "headers"
  | "sized"
  | "chunk size"
  | "chunk"
  | "chunk end"
  | "trailers"
  | "to end"
  | "done";

/** Reads one response from the bytes of a connection, however they are cut (RFC 9112). */
export class ResponseReader {
  readonly #mostKept: number;
  readonly #isTunnel: boolean;
  #part: Part = "status";
  #unread: Buffer = Buffer.alloc(0);
  #headLength = 0;
  /** Of the body or chunk. */
  #left = 0;
  #minor = 1;
  #status = 0;
  #headers: Record<string, string> = Object.create(null);
  readonly #body: Buffer[] = [];
  #kept = 0;

  /**
   * @param mostKept bytes of the body that are kept; what is beyond is read over.
   * @param isTunnel whether it answers CONNECT: then nothing but its head is read.
   */
  constructor(mostKept: number, isTunnel = false) {
    this.#mostKept = mostKept;
    this.#isTunnel = isTunnel;
  }

  /** Whether the connection may carry another request after this one. */
  get allowsAnother(): boolean {
    const { connection = "", "transfer-encoding": coding } = this.#headers;
    const isFramed = this.#part === "done" && this.#unread.length === 0;
    const isBothWays = coding !== undefined && "content-length" in this.#headers;
    return isFramed && this.#minor === 1 && !isBothWays && !/\bclose\b/i.test(connection);
  }

  get response(): HttpResponse {
    return { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#body) };
  }

  /**
   * Takes what has come. True once the response is complete.
   *
   * @throws NotHttpError
   */
  push(bytes: Buffer): boolean {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (this.#part !== "done" && this.#step());
    return this.#part === "done";
  }

  /** The connection has ended. True if that is the end of the response, too. */
  end(): boolean {
    if (this.#part !== "to end") return false;
    this.#part = "done";
    // As it has to be: another one cannot follow.
    this.#minor = 0;
    return true;
  }

  /** False if more has to come first. */
  #step(): boolean {
    switch (this.#part) {
      case "sized":
      case "chunk":
      case "to end":
        return this.#readBody();
      default: {
        const line = this.#takeLine();
        if (line !== undefined) this.#readLine(line);
        return line !== undefined;
      }
    }
  }

  #takeLine(): string | undefined {
    const end = this.#unread.indexOf("\r\n");
    const length = end < 0 ? this.#unread.length : end + 2;
    if (this.#headLength + length > LONGEST_HEAD) throw new NotHttpError("the head of the answer has no end");
    if (end < 0) {
      // What speaks another protocol may send no line at all.
      if (this.#part === "status" && !"HTTP/1.".startsWith(this.#unread.toString("latin1", 0, 7)))
        this.#refuse();
      return undefined;
    }
    const line = this.#unread.toString("latin1", 0, end);
    this.#unread = this.#unread.subarray(length);
    // Lines between chunks are no part of the head.
    if (!this.#part.startsWith("chunk")) this.#headLength += length;
    return line;
  }

  #readLine(line: string): void {
    if (this.#part === "status") this.#readStatus(line);
    else if (this.#part === "chunk size") this.#beginChunk(line);
    else if (this.#part === "chunk end") this.#endChunk(line);
    else if (this.#part === "trailers") this.#readTrailer(line);
    else if (line === "") this.#beginBody();
    else this.#readField(line);
  }

  #readStatus(line: string): void {
    // As some servers send one after the answer before.
    if (line === "") return;
    const [, minor, status] = STATUS_LINE.exec(line) ?? this.#refuse();
    this.#minor = Number(minor);
    this.#status = Number(status);
    this.#headers = Object.create(null);
    this.#part = "headers";
  }

  #readField(line: string): void {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!FIELD_NAME.test(name) || FORBIDDEN.test(line)) this.#refuse();
    const value = withoutBlanks(line, colon + 1);
    const before = this.#headers[name];
    if (before === undefined) this.#headers[name] = value;
    else if (!SINGLE.has(name)) this.#headers[name] = `${before}, ${value}`;
  }

  #beginBody(): void {
    const { "transfer-encoding": coding, "content-length": length } = this.#headers;
    const status = this.#status;
    // We ask for no other protocol, so 101 is as wrong as the rest is preliminary.
    if (status === 101) this.#refuse();
    if (status < 200) this.#part = "status";
    else if (this.#isTunnel || status === 204 || status === 304) this.#part = "done";
    else if (coding !== undefined) this.#part = /\bchunked$/i.test(coding) ? "chunk size" : "to end";
    else if (length === undefined) this.#part = "to end";
    else {
      // Said twice, it is joined.
      const [first = "", ...others] = length.split(", ");
      if (!/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) this.#refuse();
      this.#left = Number(first);
      this.#part = this.#left === 0 ? "done" : "sized";
    }
  }

  #beginChunk(line: string): void {
    const [, size = ""] = CHUNK_SIZE.exec(line) ?? this.#refuse();
    this.#left = Number.parseInt(size, 16);
    this.#part = this.#left === 0 ? "trailers" : "chunk";
  }

  #endChunk(line: string): void {
    if (line !== "") this.#refuse();
    this.#part = "chunk size";
  }

  /** Trailers say nothing that is needed. */
  #readTrailer(line: string): void {
    if (line === "") this.#part = "done";
  }

  #readBody(): boolean {
    if (this.#unread.length === 0) return false;
    const length = this.#part === "to end" ? this.#unread.length : Math.min(this.#left, this.#unread.length);
    const kept = Math.min(length, this.#mostKept - this.#kept);
    if (kept > 0) this.#body.push(ownCopy(this.#unread, kept));
    this.#kept += kept;
    this.#unread = this.#unread.subarray(length);
    this.#left -= length;
    if (this.#part !== "to end" && this.#left === 0)
      this.#part = this.#part === "chunk" ? "chunk end" : "done";
    return true;
  }

  #refuse(): never {
    throw new NotHttpError("the answer is not HTTP/1.1");
  }
}

/** The first bytes, in memory of their own: a few would keep all that was read with them, or a pool of Node's. */
function ownCopy(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(length);
  bytes.copy(copy, 0, 0, length);
  return copy;
}

/** The rest of a line, without the blanks and tabs around it. */
function withoutBlanks(line: string, from: number): string {
  let [start, end] = [from, line.length];
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
