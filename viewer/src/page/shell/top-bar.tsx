import type { ComponentChildren } from "preact";
import { connection, totals } from "../state/live.ts";
import { type Route, route } from "../state/route.ts";
import { nextTheme, theme } from "../state/theme.ts";
import { Go } from "./go.tsx";
import { isHelpOpen } from "./help.tsx";

/** The page's name, its views and its switches. */
export function TopBar() {
  const { traces, spans, evicted } = totals.value;
  return (
    <header class="top-bar" inert={isHelpOpen.value}>
      <Go to={{ view: "traces" }} class="brand">
        <img src="/assets/icon.svg" alt="" width="22" height="22" />
        Tracekeep
      </Go>
      <nav>
        <Tab view="traces">Traces</Tab>
        <Tab view="map">Service map</Tab>
        <Tab view="methods">Methods</Tab>
      </nav>
      <span class="grow" />
      <span class="totals" title={evicted > 0 ? `${evicted} older traces have made room` : ""}>
        {traces.toLocaleString("en")} traces, {spans.toLocaleString("en")} spans
      </span>
      <span class={`connection ${connection.value}`} role="status">
        {connection.value}
      </span>
      <button type="button" class="button" title="Light, dark, or as the system has it" onClick={nextTheme}>
        Theme: {theme.value}
      </button>
      <button
        type="button"
        class="button"
        title="Keys and search (?)"
        aria-label="Help"
        onClick={() => {
          isHelpOpen.value = true;
        }}
      >
        ?
      </button>
    </header>
  );
}

function Tab({ view, children }: { readonly view: Route["view"]; readonly children: ComponentChildren }) {
  const { view: shown } = route.value;
  return (
    <Go to={{ view }} class="tab" current={shown === view || (view === "traces" && shown === "trace")}>
      {children}
    </Go>
  );
}
