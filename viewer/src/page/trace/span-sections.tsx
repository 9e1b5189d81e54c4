import type { ComponentChildren } from "preact";
import type { SpanDetails } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";
import { Go } from "../shell/go.tsx";
import { AttributeList } from "./attribute-list.tsx";

interface SectionProps {
  readonly title: string;
  readonly count: number;
  readonly children: ComponentChildren;
}

/** A titled part of the panel; nothing if there is nothing in it. */
export function Section({ title, count, children }: SectionProps) {
  if (count === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** What happened within a span. */
export function Events({ span: { events } }: { readonly span: SpanDetails }) {
  return (
    <Section title="Events" count={events.length}>
      {events.map((event, index) => (
        <div key={index} class="span-event">
          <p class="line">
            <b>
              <bdi>{event.name}</bdi>
            </b>
            <span class="dim">at {formatDuration(event.at)}</span>
          </p>
          <AttributeList attributes={event.attributes} />
        </div>
      ))}
    </Section>
  );
}

/** Related spans; those of traces that were received can be opened. */
export function Links({ span: { links } }: { readonly span: SpanDetails }) {
  return (
    <Section title="Links" count={links.length}>
      {links.map(({ traceId, spanId, received, attributes }, index) => (
        <div key={index} class="span-event">
          {received ? (
            <Go to={{ view: "trace", traceId, spanId }} class="link">
              Trace {traceId}
            </Go>
          ) : (
            <span class="dim">Trace {traceId} (not received)</span>
          )}
          <AttributeList attributes={{ span: spanId, ...attributes }} />
        </div>
      ))}
    </Section>
  );
}
