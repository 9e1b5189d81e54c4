import type { HeaderReader } from "../propagation/index.ts";
import { isProbability } from "../recall/index.ts";
import type { RelayedFailure, TraceDecision } from "../spans/index.ts";

/** The metadata key by which Tracekeep's processes know each other. */
export const SIGNAL_KEY = "tracekeep";

/** grpc-js's own, on a call that it tries again. */
export const ATTEMPTS_KEY = "grpc-previous-rpc-attempts";

/** That a trace is kept, told to another process. */
export interface KeepSignal {
  readonly probability: number;
  readonly reason: string;
}

/** What a request says of its caller, which understands signals in the trailers. */
export interface Announcement {
  /** The caller makes an issue of this call's failure where the server does not. */
  readonly reports: boolean;
  /** The caller wants to know whether recalls are taken here. */
  readonly asks: boolean;
  /** The caller keeps the trace. */
  readonly kept?: KeepSignal | undefined;
  /** By which the caller knows the trace, where it is not the trace id. */
  readonly keepId?: string | undefined;
}

export function formatAnnouncement({ reports, asks, kept, keepId }: Announcement): string {
  let text = `v=1${reports ? ";reports=1" : ""}${asks ? ";asks=1" : ""}`;
  if (kept !== undefined) text += `;${formatKeep(kept)}`;
  return keepId === undefined ? text : `${text}${ID_PAIR}${keepId}`;
}

/** Last in an announcement, and of one length, so that it is cut off without reading the rest. */
const ID_PAIR = ";id=";
const ID = /^(?!0+$)[0-9a-f]{32}$/;

/** Those that say nothing of a single trace; there are only four. */
const plain = new Map<string, Announcement>();
for (const reports of [true, false])
  for (const asks of [true, false]) plain.set(formatAnnouncement({ reports, asks }), { reports, asks });

/** What a request says of its caller; undefined if it is not one of ours. */
export function readAnnouncement(read: HeaderReader): Announcement | undefined {
  const value = read(SIGNAL_KEY)[0];
  if (value === undefined) return undefined;
  const known = plain.get(value);
  if (known !== undefined || !value.startsWith("v=1;")) return known;
  const idAt = value.length - 32;
  const keepId = value.startsWith(ID_PAIR, idAt - ID_PAIR.length) ? value.slice(idAt) : "";
  if (!ID.test(keepId)) return readSaid(value);
  return { ...readSaid(value.slice(0, idAt - ID_PAIR.length)), keepId };
}

function readSaid(value: string): Announcement {
  const known = plain.get(value);
  if (known !== undefined) return known;
  const pairs = readPairs(value);
  return { reports: pairs.get("reports") === "1", asks: pairs.get("asks") === "1", kept: readKeep(pairs) };
}

/** What a server tells a caller that announced itself. */
export interface TrailerSignal {
  /** Which attempt of the call this was, from 1, where grpc-js retried it. */
  readonly attempt?: number | undefined;
  /** Who failed first, if the call failed. */
  readonly failure?: RelayedFailure | undefined;
  readonly kept?: KeepSignal | undefined;
  /** The trace failed, but the limit refused to keep it. */
  readonly refused?: boolean;
  /** Recalls are taken here. */
  readonly recalls?: boolean;
}

/** What there is to tell of a decision. */
export function decisionSignal(
  decision: TraceDecision | undefined,
): Pick<TrailerSignal, "kept" | "refused"> | undefined {
  if (decision === undefined) return undefined;
  return decision.kept ? { kept: decision } : { refused: true };
}

/** Writes a signal as `name=value` pairs; empty if there is nothing to say. */
export function formatSignal({ attempt, failure, kept, refused, recalls }: TrailerSignal): string {
  const pairs: string[] = [];
  if (attempt !== undefined && attempt > 1) pairs.push(`attempt=${attempt}`);
  if (failure !== undefined) {
    const { service, method, code, reported } = failure;
    pairs.push(`service=${encode(service)}`, `method=${encode(method)}`, `code=${encode(code)}`);
    if (reported) pairs.push("reported=1");
  }
  if (kept !== undefined) pairs.push(formatKeep(kept));
  else if (refused === true) pairs.push("refused=1");
  if (recalls === true) pairs.push("recalls=1");
  return pairs.join(";");
}

const NOTHING: TrailerSignal = {};

/** Reads a signal of a peer that is not trusted to be well-formed. */
export function parseSignal(text: string): TrailerSignal {
  if (text === "") return NOTHING;
  const pairs = readPairs(text);
  const attempt = Number(pairs.get("attempt"));
  const code = pairs.get("code");
  return {
    attempt: Number.isInteger(attempt) && attempt > 0 && attempt < 100 ? attempt : undefined,
    failure:
      code === undefined
        ? undefined
        : {
            service: pairs.get("service") ?? "",
            method: pairs.get("method") ?? "",
            code,
            reported: pairs.get("reported") === "1",
          },
    kept: readKeep(pairs),
    refused: pairs.get("refused") === "1",
    recalls: pairs.get("recalls") === "1",
  };
}

function formatKeep({ probability, reason }: KeepSignal): string {
  return `kept=${probability};why=${encode(reason)}`;
}

function readKeep(pairs: ReadonlyMap<string, string>): KeepSignal | undefined {
  const probability = Number(pairs.get("kept"));
  return isProbability(probability) ? { probability, reason: pairs.get("why") ?? "" } : undefined;
}

function encode(value: string): string {
  return encodeURIComponent(value.slice(0, 128).toWellFormed());
}

function readPairs(text: string): Map<string, string> {
  return new Map(text.slice(0, 8_192).split(";").map(splitPair));
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  try {
    return [pair.slice(0, Math.max(at, 0)), decodeURIComponent(pair.slice(at + 1)).slice(0, 128)];
  } catch {
    return ["", ""];
  }
}
