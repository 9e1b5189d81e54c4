import type { AttributesView, JsonValue } from "../../api/wire.ts";

const LONGEST_BESIDE = 80;

/** Attributes by name; Tracekeep's own are marked. */
export function AttributeList({ attributes }: { readonly attributes: AttributesView }) {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <dl class="attributes">
      {entries.map(([key, value]) => (
        <div key={key} class={classOf(key, value)}>
          <dt>
            <bdi>{key}</bdi>
          </dt>
          <dd class={typeof value}>
            <bdi>{textOf(value)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function classOf(key: string, value: JsonValue): string {
  const own = key.startsWith("tracekeep.") ? "own" : "";
  return isLong(value) ? `${own} long` : own;
}

/** It has no room beside its name. */
function isLong(value: JsonValue): boolean {
  return textOf(value).length > LONGEST_BESIDE;
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 1);
}
