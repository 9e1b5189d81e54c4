import { useLayoutEffect, useRef } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, () => void>>;

/** What is on top of the page comes last, and is asked first. */
const layers: { readonly keys: { current: Keys }; readonly isModal: boolean }[] = [];

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "Enter" && takesEnter(event.target)) return;
  const layer = layers.findLast(({ keys, isModal }) => isModal || Object.hasOwn(keys.current, event.key));
  if (!layer || !Object.hasOwn(layer.keys.current, event.key)) return;
  event.preventDefault();
  layer.keys.current[event.key]?.();
});

/**
 * Lets keys do something while the component is there, and others nothing if it is modal. While the user types, they do
 * what they always do.
 */
export function useKeys(keys: Keys, { isModal = false } = {}): void {
  const latest = useRef(keys);
  latest.current = keys;
  // Not after it is painted: who sees it may press at once.
  useLayoutEffect(() => {
    const layer = { keys: latest, isModal };
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
  return (
    (target instanceof HTMLInputElement && target.type !== "checkbox") || target instanceof HTMLSelectElement
  );
}
