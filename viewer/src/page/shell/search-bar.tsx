import { useEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../state/keys.ts";
import { facets, faults } from "../state/live.ts";
import { go, route } from "../state/route.ts";

const PAUSE_MS = 200;

/** What is searched for, and what is filtered by. */
export function SearchBar() {
  const { environment, onlyFailed } = route.value;
  return (
    <div class="search-bar">
      <SearchBox />
      <select
        aria-label="Environment"
        value={environment}
        onChange={({ currentTarget }) => go({ environment: currentTarget.value }, { replace: true })}
      >
        <option value="">All environments</option>
        {facets.value.environments.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <label class="check">
        <input
          type="checkbox"
          checked={onlyFailed}
          onChange={({ currentTarget }) => go({ onlyFailed: currentTarget.checked }, { replace: true })}
        />
        Only failed
      </label>
      {faults.value.map((fault) => (
        <p key={fault} class="fault" role="alert">
          {fault}
        </p>
      ))}
    </div>
  );
}

/** Searches once the user pauses. Another search that comes from elsewhere (a link, going back) is shown. */
function SearchBox() {
  const { search } = route.value;
  const [text, setText] = useState(search);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => setText(search), [search]);
  useEffect(() => {
    if (text === search) return undefined;
    const timer = window.setTimeout(() => go({ search: text }, { replace: true }), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, search]);
  useKeys({ "/": () => box.current?.select() });
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") box.current?.blur();
    if (event.key !== "Escape") return;
    if (text === "") box.current?.blur();
    setText("");
  };
  return (
    <input
      ref={box}
      class="search"
      type="search"
      aria-label="Search traces"
      placeholder="Search: text, service:ledger, status:UNAVAILABLE, duration:>100ms …   ( / )"
      spellcheck={false}
      autocomplete="off"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
      onKeyDown={press}
    />
  );
}
