/** Bits of `flags` above the W3C trace flags: Sentry tells a segment's first span by them. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** The `flags` field of OTLP's spans and links. */
export function spanFlags(sampled: boolean, isRemote: boolean): number {
  return (sampled ? 1 : 0) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}
