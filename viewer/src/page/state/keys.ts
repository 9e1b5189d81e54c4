import { useEffect, useRef } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, () => void>>;

/** What is on top of the page comes last, and is asked first. */
const layers: { current: Keys }[] = [];

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const layer = layers.findLast(({ current }) => Object.hasOwn(current, event.key));
  if (!layer) return;
  event.preventDefault();
  layer.current[event.key]?.();
});

/** Lets keys do something while the component is there. While the user types, they do what they always do. */
export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
