import type { BenchOptions } from "../options.ts";
import { installPeers, peerVersions } from "../peers.ts";
import { Progress } from "../progress.ts";
import { FAILING, groupsOf } from "./cases.ts";
import { type RoundResult, runRounds } from "./rounds.ts";

/** Seconds to start and end the processes of one measurement. */
const AROUND = 1;

export interface RequestsResults {
  readonly settings: { readonly rounds: number; readonly seconds: number; readonly warmupSeconds: number };
  /** Versions of the other tracers' packages. */
  readonly peers: Readonly<Record<string, string>>;
  /** Every measurement, in the order in which they were made. */
  readonly rounds: readonly RoundResult[];
}

/** What a request costs in every way of tracing the service. */
export async function measureRequests(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<RequestsResults> {
  const { rounds, seconds, warmupSeconds, choice } = options;
  const groups = groupsOf(choice);
  const needsPeers = groups.some(({ variants }) => variants.some(({ peer }) => peer === true));
  if (needsPeers) await installPeers(say);
  const progress = new Progress(say);
  const results = await runRounds({ ...options, groups }, ({ round, shape, failing, variant }, done, of) => {
    const share = failing === FAILING[0] ? "" : `, ${failing} % fail`;
    const what = `round ${round} of ${rounds}, ${shape}${share}, ${variant.title}`;
    progress.next(what, done, of, seconds + warmupSeconds + AROUND);
  });
  return {
    settings: { rounds, seconds, warmupSeconds },
    peers: needsPeers ? peerVersions() : {},
    rounds: results,
  };
}
