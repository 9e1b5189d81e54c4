import type { BenchOptions } from "../options.ts";
import { installPeers, peerVersions } from "../peers.ts";
import { Progress } from "../progress.ts";
import { FAILING, type Group, groupsOf } from "./cases.ts";
import { type RoundResult, runRounds, type Step } from "./rounds.ts";
import { LEAD_IN } from "./subject.ts";

/** Seconds to start and end the processes of one variant. */
const AROUND = 1;

export interface RequestsResults {
  readonly settings: Pick<BenchOptions, "rounds" | "turns" | "seconds" | "warmupSeconds">;
  /** Versions of the other tracers' packages. */
  readonly peers: Readonly<Record<string, string>>;
  /** Each variant of each round, in the order in which they were measured. */
  readonly rounds: readonly RoundResult[];
}

/** What a request costs in every way of tracing the service. */
export async function measureRequests(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<RequestsResults> {
  const { rounds, turns, seconds, warmupSeconds, choice } = options;
  const groups = groupsOf(choice);
  const needsPeers = groups.some(({ variants }) => variants.some(({ peer }) => peer === true));
  if (needsPeers) await installPeers(say);
  const results = await runRounds({ ...options, groups }, stepsOf(options, groups, new Progress(say)));
  return {
    settings: { rounds, turns, seconds, warmupSeconds },
    peers: needsPeers ? peerVersions() : {},
    rounds: results,
  };
}

/** Tells of each step; warm-ups take longer than turns. */
function stepsOf(
  { rounds, turns, seconds, warmupSeconds }: BenchOptions,
  groups: readonly Group[],
  progress: Progress,
): (next: Step) => void {
  const services = rounds * groups.reduce((sum, { variants }) => sum + variants.length, 0);
  const warmUp = AROUND + warmupSeconds;
  const turnLasts = LEAD_IN + seconds;
  const all = services * (warmUp + turns * turnLasts);
  let done = 0;
  let passed = 0;
  return ({ round, shape, failing, variant, turn }) => {
    const share = failing === FAILING[0] ? "" : `, ${failing} % fail`;
    const doing = turn === 0 ? "warm-up" : `turn ${turn} of ${turns}`;
    progress.next(`round ${round} of ${rounds}, ${shape}${share}, ${variant.title}, ${doing}`, {
      done,
      of: services * (1 + turns),
      guess: all,
      share: passed / all,
    });
    done++;
    passed += turn === 0 ? warmUp : turnLasts;
  };
}
