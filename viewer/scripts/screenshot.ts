import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startBrowser } from "../test/harness/browser.ts";

/** Draws docs/trace.png: the failed trace of the demo, as the viewer shows it. */
const DEMO = join(import.meta.dirname, "../../demo/main.ts");
const PICTURE = join(import.meta.dirname, "../docs/trace.png");
const SIZE = { width: 1240, height: 560 };

const demo = spawn(process.execPath, [DEMO, "--keep"], { stdio: ["ignore", "pipe", "inherit"] });
const ended = once(demo, "close");
try {
  const url = await Promise.race([
    failedTraceUrl(),
    ended.then(() => Promise.reject(new Error("the demo ended before it named a failed trace"))),
  ]);
  await draw(url);
  console.log(`Drawn: ${PICTURE}`);
} finally {
  demo.kill("SIGINT");
  await ended;
}

async function failedTraceUrl(): Promise<string> {
  for await (const line of createInterface(demo.stdout)) {
    const [, url] = /A failed trace:\S* (http:\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      // What it prints from now on is not waited for, but must not fill the pipe.
      demo.stdout.resume();
      return url;
    }
  }
  throw new Error("the demo named no failed trace");
}

async function draw(url: string): Promise<void> {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: SIZE, deviceScaleFactor: 2, colorScheme: "light" });
    await page.goto(url);
    await page.getByText("bank DOWNBANK is not reachable").first().waitFor();
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}
