import { facets } from "./live.ts";

const COLORS = 10;

/** The class that gives a service its colour: the same one in every view. */
export function colorOf(service: string): string {
  const index = facets.value.services.indexOf(service);
  return `svc-${(index < 0 ? hash(service) : index) % COLORS}`;
}

function hash(text: string): number {
  let value = 7;
  for (let index = 0; index < text.length; index++) value = (value * 31 + text.charCodeAt(index)) >>> 0;
  return value;
}
