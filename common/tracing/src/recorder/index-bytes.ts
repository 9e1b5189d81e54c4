const BYTES_A_TRACE = 384;
/** Of the index's columns. */
const BYTES_A_SLOT = 49;

/** Memory of a record's index of traces, which is fixed, too; a test holds it against what is really allocated. */
export function indexBytes(recorderBytes: number): number {
  const slots = Math.ceil(recorderBytes / BYTES_A_TRACE);
  return slots * BYTES_A_SLOT + 4 * 2 ** Math.ceil(Math.log2(slots * 2));
}
