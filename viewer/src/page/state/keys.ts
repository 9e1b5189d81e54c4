import { useEffect, useRef } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, () => void>>;

/** What is on top of the page comes last, and is asked first. */
const layers: { current: Keys }[] = [];

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "Enter" && takesEnter(event.target)) return;
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

/** Keys that go to the next or the previous one of a list. */
export function stepKeys(step: (by: 1 | -1) => void): Keys {
  const stepBy = (by: 1 | -1) => () => {
    // Enter is now meant for what is stepped to, no longer for what was clicked before.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    step(by);
  };
  return { j: stepBy(1), k: stepBy(-1), ArrowDown: stepBy(1), ArrowUp: stepBy(-1) };
}

/** Enter presses what has the focus, but for the row that is selected already. */
function takesEnter(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('a, button:not([aria-pressed="true"]), summary') !== null
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
