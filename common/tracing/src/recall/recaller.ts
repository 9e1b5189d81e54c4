import type { TraceDecision } from "../spans/index.ts";
import { type ChannelPeers, findPeer, type Peer } from "./channel-peers.ts";
import { DirectChannels } from "./direct-channels.ts";
import type { RecallCounters } from "./recall-counters.ts";
import { type KeptTrace, MOST_TRACES } from "./recall-message.ts";
import { sendRecall } from "./send-recall.ts";

/** Recalls of this long go in one message. */
const BATCH_MS = 10;
/** A peer that has not said by then that it takes recalls is not asked. */
const LONGEST_WAIT_MS = 2_000;
const MOST_WAITING = 10_000;

/** A branch of a kept trace: one of these peers has it. */
interface Branch extends KeptTrace {
  readonly since: number;
  /** It is asked for again when its call ends: not to be found now is no loss. */
  readonly isEarly: boolean;
  peersLeft: number;
  found: boolean;
}

/** Asks the instances that served a kept trace's calls to keep their part of it. */
export class Recaller {
  readonly #counters: RecallCounters;
  readonly #direct = new DirectChannels();
  readonly #waiting = new Map<Peer, Branch[]>();
  readonly #sending = new Set<Promise<void>>();
  /** Each ends a recall under way. */
  readonly #cancels = new Set<() => void>();
  #waitingCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(counters: RecallCounters) {
    this.#counters = counters;
  }

  /** The instance that served a call, by its number in the flight record. */
  recallNumber(servedBy: number, traceId: string, decision: TraceDecision): void {
    const peer = findPeer(servedBy);
    if (peer === undefined) this.#counters.missed++;
    else this.recall([peer], traceId, decision);
  }

  /** A call whose instance is not known: each one behind the channel is asked. */
  recallAny(peers: ChannelPeers, traceId: string, decision: TraceDecision): void {
    const all = peers.here();
    if (all.length > 0) this.recall(all, traceId, decision);
  }

  /** A call under way: grpc-js does not say who serves it before the first answer, so all that take recalls are asked. */
  recallEarly(peers: ChannelPeers, traceId: string, decision: TraceDecision): void {
    const takers = peers.here().filter(({ takesRecalls }) => takesRecalls);
    if (takers.length > 0) this.recall(takers, traceId, decision, true);
  }

  recall(all: readonly Peer[], traceId: string, decision: TraceDecision, isEarly = false): void {
    const peers = all.filter(({ isUntraced }) => !isUntraced);
    if (peers.length === 0) return;
    const { probability, reason } = decision;
    const since = performance.now();
    const peersLeft = peers.length;
    const branch: Branch = { traceId, probability, reason, since, isEarly, peersLeft, found: false };
    if (this.#closed || this.#waitingCount + peersLeft > MOST_WAITING) {
      this.#lost(branch);
      return;
    }
    for (const peer of peers) {
      const waiting = this.#waiting.get(peer);
      if (waiting === undefined) this.#waiting.set(peer, [branch]);
      else waiting.push(branch);
      this.#waitingCount++;
    }
    this.#timer ??= setTimeout(() => this.#wake(), BATCH_MS).unref();
  }

  /** Sends what waits, and resolves when all of it is answered. Never rejects. */
  async flush(): Promise<void> {
    this.#send();
    await Promise.all(this.#sending);
  }

  /** Sends what waits within the limit, in milliseconds; no timer or connection is left. */
  async close(limitMs: number): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    await Promise.race([this.flush(), limit]);
    clearTimeout(timer);
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const cancel of this.#cancels) cancel();
    await Promise.all(this.#sending);
    for (const branches of this.#waiting.values()) for (const branch of branches) this.#ended(branch, false);
    this.#waiting.clear();
    this.#direct.close();
  }

  #wake(): void {
    this.#timer = undefined;
    this.#send();
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#wake(), BATCH_MS * 10).unref();
  }

  #send(): void {
    for (const [peer, branches] of this.#waiting) {
      if (peer.takesRecalls) {
        this.#waiting.delete(peer);
        this.#waitingCount -= branches.length;
        for (let at = 0; at < branches.length; at += MOST_TRACES)
          this.#start(peer, branches.slice(at, at + MOST_TRACES));
      } else this.#giveUpOld(peer, branches);
    }
  }

  #giveUpOld(peer: Peer, branches: readonly Branch[]): void {
    const oldest = performance.now() - LONGEST_WAIT_MS;
    const young = branches.filter((branch) => branch.since >= oldest);
    if (young.length === branches.length) return;
    this.#waitingCount -= branches.length - young.length;
    if (young.length === 0) this.#waiting.delete(peer);
    else this.#waiting.set(peer, young);
    const old = branches.filter((branch) => branch.since < oldest);
    // Instances behind one channel are of one service: what another one has said holds for a new one.
    if (!peer.isUntraced && peer.of.here().some(({ takesRecalls }) => takesRecalls)) this.#start(peer, old);
    else for (const branch of old) this.#ended(branch, peer.isUntraced);
  }

  #start(peer: Peer, branches: readonly Branch[]): void {
    this.#counters.sent += branches.length;
    const sending = this.#ask(peer, branches).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  /** Over the channel first; whoever has not got the trace there may be reached by a connection of its own. */
  async #ask(peer: Peer, branches: readonly Branch[]): Promise<void> {
    const { channel, dial, callCredentials } = peer.of;
    const first = await sendRecall(channel, branches, callCredentials, this.#cancels);
    // Over the channel another instance may have answered.
    if (first.unsupported && first.peer === peer.address) peer.of.refused(peer);
    const rest = first.peer === peer.address ? branches.filter((branch) => first.unknown(branch)) : branches;
    for (const branch of branches) if (!rest.includes(branch)) this.#ended(branch, true);
    if (rest.length === 0) return;
    const mayDial = !this.#closed && !peer.isGone;
    const direct = dial === undefined || !mayDial ? undefined : this.#direct.to(peer, dial);
    const second =
      direct === undefined ? undefined : await sendRecall(direct, rest, callCredentials, this.#cancels);
    if (second?.isAnswered === false && !this.#closed) this.#gone(peer);
    for (const branch of rest) this.#ended(branch, second?.unknown(branch) === false);
  }

  /** Connections to instances of an earlier deployment must not take the room of those to living ones. */
  #gone(peer: Peer): void {
    peer.isGone = true;
    this.#direct.drop(peer);
  }

  #ended(branch: Branch, found: boolean): void {
    branch.found ||= found;
    branch.peersLeft--;
    if (branch.peersLeft === 0 && !branch.found) this.#lost(branch);
  }

  #lost({ isEarly }: Branch): void {
    if (!isEarly) this.#counters.missed++;
  }
}
