/** What is read of a line of the viewer's list. */
export interface ListedTrace {
  readonly traceId: string;
  readonly spans: number;
}

/** A message of the viewer's live list. */
export interface ListMessage {
  readonly upsert: readonly ListedTrace[];
  readonly remove: readonly string[];
  /** Everything that was there has been sent. */
  readonly complete: boolean;
}

/** Something answers, but it is no viewer. */
export class NotAViewer extends Error {
  override name = "NotAViewer";
}

/** Follows the live list of a search (server-sent events) until the viewer ends it. Throws what fetch throws, and NotAViewer. */
export async function* followList(
  url: URL,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<ListMessage, void> {
  const address = new URL(`/data/live?q=${encodeURIComponent(search)}`, url);
  const response = await fetch(address, { signal });
  if (!response.ok || response.headers.get("content-type") !== "text/event-stream") {
    await response.body?.cancel();
    // Too many pages are open, or it is just starting.
    if (response.status === 503) return;
    throw new NotAViewer(
      `${url.origin} is not a Tracekeep viewer: start one with npx tracekeep-viewer, or correct --url`,
    );
  }
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (text + chunk).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events)
      if (event.startsWith("data: ")) yield JSON.parse(event.slice(6)) as ListMessage;
  }
}
