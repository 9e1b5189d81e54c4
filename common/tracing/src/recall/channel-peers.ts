import type { Channel as GrpcChannel } from "@grpc/grpc-js";

export type Channel = Pick<GrpcChannel, "createCall" | "close" | "getTarget">;
type CallCredentials = Parameters<ReturnType<Channel["createCall"]>["setCredentials"]>[0];

/** An instance that calls over one channel have reached. */
export interface Peer {
  /** From 1; the flight record remembers who served a call by it. */
  readonly number: number;
  readonly address: string;
  readonly of: ChannelPeers;
  /** It has said that it takes recalls. */
  takesRecalls: boolean;
  /** It was asked, and has answered a call without saying so: there is nothing of ours to recall. */
  isUntraced: boolean;
  /** Nobody has answered at its address: it is not tried again before it serves another call. */
  isGone: boolean;
}

/** A connection of its own to one instance, where the channel leads to several. */
export type Dial = (address: string) => Channel;

const MOST_PEERS = 256;
/** All peers of the process by number; they live as long as their channels do. */
const byNumber = new Map<number, WeakRef<Peer>>();
const forget = new FinalizationRegistry<number>((number) => byNumber.delete(number));
let lastNumber = 0;

export function findPeer(number: number): Peer | undefined {
  return byNumber.get(number)?.deref();
}

/** The instances behind one channel, and what is needed to reach them again. */
export class ChannelPeers {
  readonly channel: Channel;
  readonly dial: Dial | undefined;
  /** Of the latest call that had its own. */
  callCredentials: CallCredentials | undefined;
  /** Whether calls should ask who answers: somebody is there who has not said. */
  asks = true;
  readonly #peers = new Map<string, Peer>();

  constructor(channel: Channel, dial: Dial | undefined) {
    this.channel = channel;
    this.dial = dial;
  }

  /** The instance that served a call, by grpc-js's word for it; undefined if that names none. */
  peerAt(address: string): Peer | undefined {
    const known = this.#peers.get(address);
    if (known !== undefined) {
      known.isGone = false;
      return known;
    }
    if (address === "unknown" || address === this.channel.getTarget()) return undefined;
    const number = ++lastNumber;
    const peer: Peer = { number, address, of: this, takesRecalls: false, isUntraced: false, isGone: false };
    byNumber.set(peer.number, new WeakRef(peer));
    forget.register(peer, peer.number);
    if (this.#peers.size >= MOST_PEERS) this.#forgetOne();
    this.#peers.set(address, peer);
    this.asks = true;
    return peer;
  }

  /** The instance was asked, and has answered. */
  answered(peer: Peer, takesRecalls: boolean): void {
    // A method that is never traced says nothing; only a refused recall takes a word back.
    if (!takesRecalls && peer.takesRecalls) return;
    peer.takesRecalls = takesRecalls;
    peer.isUntraced = !takesRecalls;
    this.asks = this.here().some(({ takesRecalls }) => !takesRecalls);
  }

  /** The instance has refused a recall: calls ask it again, since another version may answer soon. */
  refused(peer: Peer): void {
    peer.takesRecalls = false;
    this.asks = true;
  }

  /** All that have not gone. */
  here(): Peer[] {
    return Array.from(this.#peers.values()).filter(({ isGone }) => !isGone);
  }

  #forgetOne(): void {
    const peers = Array.from(this.#peers.values());
    const forgotten = peers.find(({ isGone }) => isGone) ?? peers[0];
    if (forgotten !== undefined) this.#peers.delete(forgotten.address);
  }
}
