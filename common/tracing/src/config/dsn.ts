/** Raised by {@link Dsn.parse}; its message never holds any part of the DSN that identifies a key. */
export class DsnFault extends Error {}

/**
 * A Sentry DSN, `https://PUBLIC_KEY@HOST[:PORT][/PATH]/PROJECT_ID`.
 *
 * The key is private to the class and absent from its printable and JSON forms, so that a
 * configuration object can be logged as it is.
 */
export class Dsn {
  readonly #publicKey: string;
  /** `http:` or `https:`. */
  readonly protocol: string;
  /** Host with port, as in a URL. */
  readonly host: string;
  /** Path in front of the project, without a slash at its end; empty for Sentry SaaS. */
  readonly path: string;
  readonly projectId: string;

  private constructor(url: URL, path: string, projectId: string) {
    this.#publicKey = decodeURIComponent(url.username);
    this.protocol = url.protocol;
    this.host = url.host;
    this.path = path;
    this.projectId = projectId;
  }

  /**
   * Reads a DSN. White space and quotes around it are ignored; the secret part of old DSNs is dropped.
   *
   * @throws DsnFault with the reason, without the key.
   */
  static parse(text: string): Dsn {
    const bare = text
      .trim()
      .replace(/^(["'])(.*)\1$/s, "$2")
      .trim();
    if (/\s/.test(bare)) throw new DsnFault("has white space inside");
    if (!URL.canParse(bare)) throw new DsnFault("is not a URL");
    const url = new URL(bare);
    // What stands in front of the colon is not shown: it may be the key of a DSN without its scheme.
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw new DsnFault('does not start with "https://" or "http://"');
    }
    if (!isDecodable(url.username)) throw new DsnFault("has a % in its key that encodes nothing");
    if (!/^[\x20-\x7e]*$/.test(decodeURIComponent(url.username))) {
      throw new DsnFault("has a character in its key that no header takes");
    }
    if (url.username === "") throw new DsnFault("has no public key in front of the @");
    const segments = url.pathname.split("/").filter((segment) => segment !== "");
    const projectId = segments.pop();
    if (projectId === undefined || !/^\d+$/.test(projectId)) {
      throw new DsnFault("does not end with a numeric project id");
    }
    return new Dsn(url, segments.map((segment) => `/${segment}`).join(""), projectId);
  }

  /** The secret part; use it for the authentication header and the trace's sampling context only. */
  get publicKey(): string {
    return this.#publicKey;
  }

  /** Sentry's organisation id where the host names it (`o123.ingest.sentry.io`). */
  get organizationId(): string | undefined {
    return /^o(\d+)\./.exec(this.host)?.[1];
  }

  /** Where Sentry takes OTLP traces of this project. */
  get otlpTracesUrl(): string {
    return `${this.protocol}//${this.host}${this.path}/api/${this.projectId}/integration/otlp/v1/traces`;
  }

  /** The whole DSN, for Sentry's own client. Secret. */
  reveal(): string {
    return `${this.protocol}//${this.#publicKey}@${this.host}${this.path}/${this.projectId}`;
  }

  toString(): string {
    return `${this.protocol}//***@${this.host}${this.path}/${this.projectId}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** What `console.log` and `util.inspect` show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
