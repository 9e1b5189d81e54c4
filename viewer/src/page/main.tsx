import { render } from "preact";
import { App } from "./app.tsx";
import { followLive } from "./state/live.ts";
import { followTheme } from "./state/theme.ts";

followTheme();
followLive();
render(<App />, document.body);
