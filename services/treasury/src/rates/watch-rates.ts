import { status } from "@grpc/grpc-js";
import type { CurrencyPair, WatchRatesRequest, WatchRatesResponse } from "@tracekeep/proto/treasury/v1";
import { type Send, ServiceError } from "@tracekeep/service";
import { unknownCode } from "../catalogue.ts";
import type { RateBoard } from "./rate-board.ts";

export interface WatchParts {
  board: RateBoard;
  /** Fires when the service stops: the call ends with its reason. */
  draining: AbortSignal;
}

/**
 * Sends the rate of each watched pair at once and after each change, until the requests end. A caller that is slow to
 * take them misses changes: it gets the rates of now, never a backlog.
 * @throws ServiceError INVALID_ARGUMENT for a pair that has no rate
 */
export async function watchRates(
  { board, draining }: WatchParts,
  requests: AsyncIterable<WatchRatesRequest>,
  send: Send<WatchRatesResponse>,
): Promise<void> {
  const watched = new Map<string, { pair: CurrencyPair; sent?: bigint }>();
  let state: "open" | "ended" | "failed" = "open";
  let wake = Promise.withResolvers<void>();
  const unwatch = board.watch(() => wake.resolve());
  const become = (next: typeof state) => {
    state = next;
    wake.resolve();
  };

  const readRequests = async () => {
    for await (const { add, remove } of requests) {
      if (add) {
        const pair = checked(board, add);
        if (!watched.has(keyOf(pair))) watched.set(keyOf(pair), { pair });
      } else if (remove) watched.delete(keyOf(remove));
      else throw invalid("change is empty: give add or remove");
      wake.resolve();
    }
    become("ended");
  };
  const sendRates = async () => {
    for (;;) {
      await wake.promise;
      wake = Promise.withResolvers();
      // Once more after the end, for what was added last.
      const last = state === "ended";
      for (const entry of watched.values()) {
        if (state === "failed") return;
        const rateMicros = board.rate(entry.pair);
        if (entry.sent === rateMicros) continue;
        entry.sent = rateMicros;
        await send({ pair: entry.pair, rateMicros, rateTime: new Date() });
      }
      if (last || state === "failed") return;
    }
  };
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(draining.reason);
  draining.addEventListener("abort", stop, { once: true });
  try {
    draining.throwIfAborted();
    await Promise.race([Promise.all([readRequests(), sendRates()]), stopped.promise]);
  } finally {
    draining.removeEventListener("abort", stop);
    unwatch();
    become("failed");
  }
}

function keyOf({ base, quote }: CurrencyPair): string {
  return `${base}/${quote}`;
}

function checked(board: RateBoard, pair: CurrencyPair): CurrencyPair {
  for (const code of [pair.base, pair.quote]) {
    if (!board.knows(code)) throw unknownCode("currency", code, "ListCurrencies");
  }
  if (pair.base === pair.quote) throw invalid(`${pair.base} has no rate to itself: pair two currencies`);
  return pair;
}

function invalid(message: string): ServiceError {
  return new ServiceError(status.INVALID_ARGUMENT, message);
}
