/** Bytes after the first one, of each MessagePack type from 0xc4 on that has no length of its own in front. */
const FIXED: Readonly<Record<number, number>> = {
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
};

/** Counts the spans of a Datadog agent's v0.4 request: a MessagePack array of traces, each an array of spans. */
export function countDatadogSpans(body: Buffer): number {
  let at = 0;
  const length = (bytes: number): number => {
    const value = body.readUIntBE(at, bytes);
    at += bytes;
    return value;
  };
  const pass = (bytes: number): number => {
    at += bytes;
    return 0;
  };
  /** How many values belong to a container that begins here; zero for what is none, which is passed. */
  const enter = (): number => {
    const type = length(1);
    if (type < 128 || type >= 224 || (type >= 192 && type <= 195)) return 0;
    if (type < 144) return (type & 15) * 2;
    if (type < 160) return type & 15;
    if (type < 192) return pass(type & 31);
    if (type === 196 || type === 217) return pass(length(1));
    if (type === 197 || type === 218) return pass(length(2));
    if (type === 198 || type === 219) return pass(length(4));
    if (type === 220) return length(2);
    if (type === 221) return length(4);
    if (type === 222) return length(2) * 2;
    if (type === 223) return length(4) * 2;
    return pass(fixedSize(type));
  };
  const skip = (values: number): void => {
    for (let left = values; left > 0; left--) left += enter();
  };
  let spans = 0;
  for (let traces = enter(); traces > 0; traces--) {
    const ofTrace = enter();
    spans += ofTrace;
    skip(ofTrace);
  }
  if (at !== body.length)
    throw new RangeError("The agent's request has more or fewer bytes than its traces.");
  return spans;
}

function fixedSize(type: number): number {
  const size = FIXED[type];
  if (size === undefined)
    throw new RangeError(`The agent's request has a MessagePack value of type ${type}.`);
  return size;
}
