import { startViewer, type Viewer } from "tracekeep-viewer";
import { interruptible, interruption } from "../demo/interruption.ts";
import { SERVICE_NAMES } from "../demo/settings.ts";
import { bold, good, say } from "../demo/text.ts";
import { loadPage } from "../viewer/src/assets/page-files.ts";
import { openInBrowser } from "../viewer/src/command/open-in-browser.ts";
import { KEYS, readCommands } from "./commands.ts";
import { Desk } from "./desk.ts";
import { destinations, metricsPortOf, ownSentryDsn, portsOf } from "./environment.ts";
import type { DevOptions } from "./options.ts";
import { requireFree } from "./ports.ts";
import { Traffic } from "./traffic.ts";

/** Runs the viewer and the services until the user ends them. Rejects if one cannot start, or is interrupted before. */
export async function runSession(options: DevOptions): Promise<void> {
  await requirePorts(options);
  // A page that cannot be built is to be known now, not when it is looked at.
  await loadPage();
  await using viewer = await startViewer({ port: options.port });
  sayWhere(viewer);
  if (options.open) openInBrowser(viewer.url);
  const { settings } = options;
  const sendsTo = () => destinations(viewer.intake, ownSentryDsn(process.env));
  const desk = new Desk({ settings, sendsTo, traceUrl: viewer.traceUrl });
  const traffic = new Traffic(desk.gateway, viewer.traceUrl);
  const endCommands = readCommands(process.stdin, (command) => {
    if (command === "end") process.kill(process.pid, "SIGINT");
    else if (command === "help") say(KEYS);
    else traffic.add(command);
  });
  try {
    desk.start();
    await interruptible(desk.healthy());
    say(good(`all services work: the gateway is ${desk.gateway}, traces are shown at ${viewer.url}`));
    say(KEYS);
    if (options.traffic) traffic.add("round");
    await interruption();
  } finally {
    endCommands();
    await desk.stop();
  }
}

async function requirePorts({ port, settings }: DevOptions): Promise<void> {
  await requireFree(port, "viewer", "--port N (0 takes a free one)");
  const ports = portsOf(settings);
  for (const name of SERVICE_NAMES) {
    await requireFree(ports[name], name, `--set ${name}:PORT=N`);
    const otherwise = `--set ${name}:METRICS_PORT=N (0 takes a free one)`;
    await requireFree(metricsPortOf(name, settings) ?? 0, `${name}'s metrics`, otherwise);
  }
}

function sayWhere(viewer: Viewer): void {
  say(`${bold("Traces are shown at")} ${viewer.url}`);
  const dsn = ownSentryDsn(process.env);
  // Without the key. Whether the rest is right the services say.
  if (dsn && URL.canParse(dsn)) {
    const { host, pathname } = new URL(dsn);
    say(`${bold("and sent to Sentry:")} ${host}, project ${pathname.split("/").at(-1)}`);
  }
}
