import { TraceList } from "./list/trace-list.tsx";
import { MapPage } from "./map/map-page.tsx";
import { MethodsPage } from "./methods/methods-page.tsx";
import { Help, isHelpOpen } from "./shell/help.tsx";
import { TopBar } from "./shell/top-bar.tsx";
import { useKeys } from "./state/keys.ts";
import { route } from "./state/route.ts";
import { TracePage } from "./trace/trace-page.tsx";

export function App() {
  useKeys({
    "?": () => {
      isHelpOpen.value = !isHelpOpen.value;
    },
  });
  return (
    <>
      <TopBar />
      <main inert={isHelpOpen.value}>
        <View />
      </main>
      {isHelpOpen.value && <Help />}
    </>
  );
}

function View() {
  const { view, traceId } = route.value;
  switch (view) {
    case "trace":
      return <TracePage key={traceId} traceId={traceId} />;
    case "map":
      return <MapPage />;
    case "methods":
      return <MethodsPage />;
    case "traces":
      return <TraceList />;
  }
}
