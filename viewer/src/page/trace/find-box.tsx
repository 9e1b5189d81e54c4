import { useRef } from "preact/hooks";
import { useKeys } from "../state/keys.ts";

interface FindBoxProps {
  readonly text: string;
  /** How many spans fit. */
  readonly found: number;
  readonly setText: (text: string) => void;
  /** Goes to the next span that fits. */
  readonly next: () => void;
}

/** Finds spans of the trace by service, name or status. */
export function FindBox({ text, found, setText, next }: FindBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => box.current?.select() });
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") next();
    if (event.key !== "Escape") return;
    setText("");
    box.current?.blur();
  };
  return (
    <span class="find">
      <input
        ref={box}
        type="search"
        aria-label="Find spans"
        placeholder="Find service, operation or status   ( / )"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={press}
      />
      {text && <span role="status">{found} found</span>}
    </span>
  );
}
