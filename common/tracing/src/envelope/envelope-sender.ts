/** What an envelope's header says of its sending, beside other things. */
interface EnvelopeHeader {
  readonly sent_at?: string;
  readonly trace?: { readonly public_key?: string };
}

const NEWLINE = 0x0a;

/** An envelope without the key that it is sent by, and without when. */
export function withoutSender(envelope: Uint8Array): Uint8Array {
  return changeHeader(envelope, ({ sent_at: _, trace, ...header }) => {
    const { public_key: _key, ...rest } = trace ?? {};
    return trace === undefined ? header : { ...header, trace: rest };
  });
}

/**
 * The envelope as it goes out now, by this key. What it has said of its sending before does not count: Sentry takes the
 * time from there to the arrival for a fault of the clock, and moves all times by it.
 */
export function withSender(envelope: Uint8Array, publicKey: string): Uint8Array {
  return changeHeader(envelope, ({ trace, ...header }) => ({
    ...header,
    sent_at: new Date().toISOString(),
    ...(trace === undefined ? {} : { trace: { ...trace, public_key: publicKey } }),
  }));
}

/** Throws if there is no header. */
function changeHeader(envelope: Uint8Array, change: (header: EnvelopeHeader) => EnvelopeHeader): Uint8Array {
  const end = envelope.indexOf(NEWLINE);
  const header = JSON.parse(Buffer.from(envelope.subarray(0, end)).toString()) as EnvelopeHeader;
  return Buffer.concat([Buffer.from(JSON.stringify(change(header))), envelope.subarray(end)]);
}
