async function otlpOf(traceId: string): Promise<string> {
  const response = await fetch(`/data/traces/${traceId}/otlp`);
  if (!response.ok) throw new Error(`the trace cannot be read: ${response.status}`);
  return asciiJson(await response.json());
}

/** JSON in which nothing is invisible or reorders what a terminal shows. */
function asciiJson(value: unknown, space?: number): string {
  return JSON.stringify(value, undefined, space).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The trace as an OTLP export request in JSON. */
export function jsonOf(traceId: string): Promise<string> {
  return otlpOf(traceId);
}

/** A command that posts the trace again, to this viewer or, with another address, to any OTLP backend. */
export async function curlOf(traceId: string): Promise<string> {
  // The body is one line of JSON, which is never the line that ends it.
  return `curl ${window.location.origin}/v1/traces -H 'content-type: application/json' --data-binary @- <<'OTLP'
${await otlpOf(traceId)}
OTLP
`;
}
