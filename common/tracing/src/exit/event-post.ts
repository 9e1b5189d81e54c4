import { gunzipSync, gzipSync } from "node:zlib";
import type { Dsn } from "../config/dsn.ts";
import type { TracingConfig } from "../config/tracing-config.ts";
import { diskFormFor } from "../envelope/index.ts";
import { EVENTS, type EventIdentity, type Failure, findUserSentry } from "../errors/index.ts";
import { judgeAnswer } from "../export/outcome.ts";
import { createLimitedLog, type Logger } from "../logger.ts";
import { Courier, Spool } from "../spool/index.ts";
import { envelopeTarget, forGzip } from "../transport/envelope.ts";
import { createHttpSender } from "../transport/http-sender.ts";
import type { Parcel } from "../transport/parcel.ts";
import { crashEvent } from "./crash-event.ts";

export interface EventPostOptions {
  readonly dsn: Dsn;
  readonly identity: EventIdentity;
  readonly export: Pick<TracingConfig["export"], "spool" | "ca" | "timeoutMs">;
  readonly untraced: <T>(fn: () => T) => T;
  /** Sanitises a text, as those in failures were. */
  readonly clean: (text: string) => string;
  readonly logger: Logger;
}

/** Error events of processes that have crashed: written down by those, sent by others. */
export interface EventPost {
  /** Those that could not be written to the spool, of the events that wait and that of the crash, unless the service's own Sentry reports that. */
  rescue(waiting: readonly Uint8Array[], crash: Failure | undefined): Parcel[];
  shutdown(): Promise<void>;
}

const FIRST_LOOK_MS = 1_000;

export function createEventPost(options: EventPostOptions): EventPost {
  const { dsn, identity, untraced, logger } = options;
  const { spool: settings, ca, timeoutMs } = options.export;
  const plain = envelopeTarget(dsn, [ca]);
  const target = forGzip(plain);
  const form = diskFormFor(target);
  const destination = `sentry ${dsn.host}`;
  const spool =
    settings &&
    new Spool({
      ...settings,
      destination,
      url: target.url,
      contentType: plain.headers["content-type"] ?? "",
      logger,
    });
  const sender = spool && createHttpSender({ ...target, timeoutMs });
  const log = createLimitedLog(logger);
  const refused = (reason: string): void => {
    const fields = { event: "tracekeep.error_event.failed", reason };
    log("warn", reason, fields, `The error event of a crash was refused (${reason}).`);
  };
  /** Until when Sentry has asked for silence, by a clock that never runs backwards. */
  let heldUntil = 0;
  const courier =
    spool &&
    new Courier({
      spool,
      firstLookMs: FIRST_LOOK_MS,
      isWell: () => performance.now() >= heldUntil,
      deliver: async (written) => {
        const body = await form.read(written);
        const answer = await untraced(() => sender?.post(body))?.catch(() => undefined);
        const outcome = answer && judgeAnswer(answer, EVENTS);
        if (outcome !== undefined && "waitMs" in outcome)
          heldUntil = performance.now() + (outcome.waitMs ?? 0);
        if (outcome === undefined || outcome.kind === "retry") return "later";
        if (outcome.kind !== "accepted") refused(outcome.reason);
        // An event has no spans to be refused.
        return { refused: 0 };
      },
    });
  return {
    rescue(waiting, crash) {
      const own = crash === undefined || findUserSentry() !== undefined;
      // That of the crash first: for those that wait time or room may not suffice.
      const bodies = own ? waiting : [crashEvent(crash, identity, dsn, options.clean), ...waiting];
      const unsaved = bodies.filter(
        (body) => spool?.save(gzipSync(form.write(gunzipSync(body))), 0) !== true,
      );
      spool?.close();
      return unsaved.map((body) => ({ target, body, gzip: true, spans: 0 }));
    },
    async shutdown() {
      const gone = sender?.close();
      await Promise.all([gone, courier?.close()]);
      spool?.close();
    },
  };
}
