import { setTimeout as pause } from "node:timers/promises";
import { TracekeepError } from "../../../tracekeep-error.ts";
import { HttpClient } from "../../../transport/http/http-client.ts";
import type { HttpHeaders } from "../../../transport/http/response-reader.ts";
import { findProxy } from "../../../transport/proxy.ts";
import { trustOf } from "../../../transport/trust.ts";
import { VERSION } from "../../../version.ts";
import { ApiError, type Asked, refused } from "./api-error.ts";

export interface Call extends Asked {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Answer {
  readonly headers: HttpHeaders;
  /** Undefined if there is none. */
  readonly body: unknown;
}

interface RawAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
}

const TIMEOUT_MS = 30_000;
/** How often a request is sent that Sentry has no time for, and how long one wait may be. */
const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 60_000;
const LONGEST_DETAIL = 500;
/** Of lists; what is longer is no list of Sentry's. */
const LONGEST_ANSWER = 32 * 1_024 * 1_024;

/** Requests to Sentry's web API, by the environment's proxy, with certificates verified. */
export class ApiConnection {
  readonly #base: string;
  readonly #token: string;
  readonly #client: HttpClient;
  readonly #tell: (line: string) => void;

  /**
   * @param base of Sentry, without `/api/0`
   * @param tell gets a line for each wait
   */
  constructor(base: string, token: string, tell: (line: string) => void) {
    this.#base = base;
    this.#token = token;
    this.#tell = tell;
    this.#client = new HttpClient(new URL(base), trustOf([]));
  }

  /** Waits and asks again where Sentry says so (429). @throws ApiError for every other answer but 2xx */
  async send(call: Call): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const { status, headers, text } = await this.#exchange(call);
      if (status >= 200 && status < 300) return { headers, body: parse(text, call) };
      if (status !== 429 || attempt === ATTEMPTS) {
        throw refused(call, { status, detail: this.#detail(text) });
      }
      const wait = waitOf(headers, attempt);
      this.#tell(
        `Sentry limits its web API (429 to ${call.method} ${call.path}): waiting ${Math.ceil(wait / 1000)} s, then try ${attempt + 1} of ${ATTEMPTS}`,
      );
      await pause(wait);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #exchange({ method, path, query, body: given }: Call): Promise<RawAnswer> {
    const url = new URL(`${this.#base}/api/0${path}`);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const body = Buffer.from(given === undefined ? "" : JSON.stringify(given));
    const headers = {
      accept: "application/json",
      authorization: `Bearer ${this.#token}`,
      "user-agent": `tracekeep/${VERSION}`,
      ...(given === undefined ? {} : { "content-type": "application/json" }),
    };
    this.#checkProxy(url);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const mayRepeat = method === "GET";
    const asked = {
      method,
      path: `${url.pathname}${url.search}`,
      headers,
      body,
      mostKept: LONGEST_ANSWER,
      mayRepeat,
    };
    try {
      const answer = await this.#client.exchange(asked, signal);
      return { status: answer.status, headers: answer.headers, text: answer.body.toString() };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : (code ?? message);
      throw new ApiError(
        `${method} ${path}: ${url.host} cannot be reached (${why})\n→ check the network, HTTPS_PROXY and SENTRY_URL`,
      );
    }
  }

  /** @throws TracekeepError INVALID_CONFIG for a proxy that is none */
  #checkProxy(url: URL): void {
    try {
      findProxy(url.href);
    } catch (error) {
      const { message } = error as Error;
      throw new TracekeepError("INVALID_CONFIG", `${message}: correct HTTPS_PROXY`, { cause: error });
    }
  }

  /** A server may quote what it was sent. */
  #detail(text: string): string {
    const said = text.trimStart().startsWith("<") ? "" : text.trim();
    return said.replaceAll(this.#token, "[token]").slice(0, LONGEST_DETAIL);
  }
}

function parse(text: string, { method, path }: Call): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(`${method} ${path}: the answer is no JSON\n→ check SENTRY_URL`);
  }
}

/** In milliseconds, by Retry-After in seconds, else by the Unix time at which Sentry's limit ends. */
function waitOf(headers: HttpHeaders, attempt: number): number {
  const after = Number(headers["retry-after"] ?? Number.NaN) * 1000;
  const until = Number(headers["x-sentry-rate-limit-reset"] ?? Number.NaN) * 1000 - Date.now();
  const told = [after, until].find((wait) => Number.isFinite(wait) && wait >= 0);
  return Math.min(told ?? 1000 * 2 ** attempt, LONGEST_WAIT_MS);
}
