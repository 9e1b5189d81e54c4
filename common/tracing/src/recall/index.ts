export { ChannelPeers, type Dial } from "./channel-peers.ts";
export { createRecallCounters, type RecallCounters } from "./recall-counters.ts";
export { isProbability } from "./recall-message.ts";
export { serveRecalls } from "./recall-service.ts";
export { Recaller } from "./recaller.ts";
