export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "CONNECT";
  /** What is asked for: a path, for a proxy a whole URL, for CONNECT a host and a port. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The first bytes of a request, without the empty line that ends them.
 *
 * @throws TypeError for a header that would be read as something else, without its value: it may be a secret.
 */
export function requestHead({ method, target, headers }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => {
    if (!TOKEN.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of an HTTP header`);
    if (FORBIDDEN.test(value))
      throw new TypeError(`the HTTP header ${name} has a character that none may have`);
    return `${name}: ${value}\r\n`;
  });
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}`;
}
