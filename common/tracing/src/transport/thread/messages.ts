import type { ZlibOptions } from "node:zlib";
import type { HttpResponse, HttpSenderOptions } from "../http-sender.ts";

/** What the sending thread is asked to do; senders are known to it by number. */
export type Task =
  | { readonly kind: "open"; readonly sender: number; readonly options: HttpSenderOptions }
  | { readonly kind: "post"; readonly sender: number; readonly body: Uint8Array }
  | { readonly kind: "close"; readonly sender: number }
  | { readonly kind: "compress"; readonly body: Uint8Array; readonly options: ZlibOptions };

/** What comes of each kind of task. */
export interface Results {
  open: undefined;
  post: Omit<HttpResponse, "body"> & { readonly body: Uint8Array<ArrayBuffer> };
  close: undefined;
  compress: Uint8Array<ArrayBuffer>;
}

export type Question = Task & { readonly id: number };
export type Answer = { readonly id: number } & (
  | { readonly result: Results[keyof Results] }
  | { readonly fault: Fault }
);

/** An error as it goes from thread to thread: of one that is copied, only the text would arrive. */
export interface Fault {
  readonly message: string;
  readonly code: unknown;
  readonly kind: unknown;
}

export function faultOf(error: unknown): Fault {
  const { message, code, kind } = error as Partial<Fault>;
  return { message: String(message), code, kind };
}

export function errorOf({ message, ...rest }: Fault): Error {
  return Object.assign(new Error(message), rest);
}

/** In memory of their own, to be handed over: a view would take along all that it is a view of. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
