import { interruptible } from "./interruption.ts";
import type { LoadFigures } from "./options.ts";
import { dim, say } from "./text.ts";

const AT_A_TIME = 16;
const PROGRESS_MS = 2_000;

/** What became of many requests. */
export interface LoadResult {
  /** Of the requests that failed, as they were to; empty ones if the gateway traces nothing. */
  readonly failedTraceIds: readonly string[];
  readonly seconds: number;
}

/** Opens many accounts, some of them at a bank that is down; rejects if an answer is another than it must be. */
export async function sendLoad(
  gateway: string,
  { requests, failures }: Pick<LoadFigures, "requests" | "failures">,
): Promise<LoadResult> {
  const failedTraceIds: string[] = [];
  let next = 0;
  let answered = 0;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1_000;
  const worker = async (): Promise<void> => {
    while (next < requests) {
      const index = next++;
      // Spread evenly: the failures among the first n requests are n * failures / requests.
      const fails =
        Math.floor(((index + 1) * failures) / requests) > Math.floor((index * failures) / requests);
      const traceId = await openAccount(gateway, fails);
      if (fails) failedTraceIds.push(traceId);
      answered++;
    }
  };
  const progress = setInterval(() => {
    say(dim(`${answered} of ${requests} requests, ${Math.round(answered / seconds())} a second`));
  }, PROGRESS_MS);
  try {
    await interruptible(Promise.all(Array.from({ length: AT_A_TIME }, worker)));
  } finally {
    // Where one has failed, the others need not go on.
    next = requests;
    clearInterval(progress);
  }
  return { failedTraceIds, seconds: seconds() };
}

async function openAccount(gateway: string, fails: boolean): Promise<string> {
  const institution = fails ? "DOWNBANK" : "NORDBANK";
  const answer = await fetch(`${gateway}/accounts`, {
    method: "POST",
    body: JSON.stringify({ name: "Ada Lovelace", currency: "EUR", institution }),
    headers: { "content-type": "application/json" },
  });
  const text = await answer.text();
  if (answer.status !== (fails ? 503 : 201))
    throw new Error(`opening an account at ${institution} was answered with ${answer.status} ${text}`);
  return answer.headers.get("x-trace-id") ?? "";
}
