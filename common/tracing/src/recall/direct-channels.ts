import type { Channel, Dial, Peer } from "./channel-peers.ts";

const IDLE_MS = 30_000;
const MOST_CHANNELS = 64;

interface DirectChannel {
  readonly channel: Channel;
  idle: NodeJS.Timeout;
}

/** Connections to single instances, where a channel leads to several; each is closed when it has been idle for a while. */
export class DirectChannels {
  readonly #channels = new Map<Peer, DirectChannel>();

  /** Undefined if there are too many. */
  to(peer: Peer, dial: Dial): Channel | undefined {
    const known = this.#channels.get(peer);
    if (known !== undefined) {
      known.idle.refresh();
      return known.channel;
    }
    if (this.#channels.size >= MOST_CHANNELS) return undefined;
    const channel = dial(peer.address);
    const idle = setTimeout(() => this.drop(peer), IDLE_MS).unref();
    this.#channels.set(peer, { channel, idle });
    return channel;
  }

  close(): void {
    for (const peer of this.#channels.keys()) this.drop(peer);
  }

  drop(peer: Peer): void {
    const direct = this.#channels.get(peer);
    if (direct === undefined) return;
    clearTimeout(direct.idle);
    this.#channels.delete(peer);
    direct.channel.close();
  }
}
