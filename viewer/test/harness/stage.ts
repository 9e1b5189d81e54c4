import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startViewer, type Viewer } from "../../src/index.ts";
import { startBrowser } from "./browser.ts";

/** A browser for all tests of a file, and a viewer for each. */
export interface Stage {
  readonly browser: Browser;
  readonly viewer: Viewer;
}

/** Sets the stage before the tests of the file that calls it, and clears it up after them. */
export function setStage(): Stage {
  const stage = {} as { browser: Browser; viewer: Viewer };
  beforeAll(async () => {
    stage.browser = await startBrowser();
  });
  afterAll(() => stage.browser.close());
  beforeEach(async () => {
    stage.viewer = await startViewer();
  });
  afterEach(() => stage.viewer.close());
  return stage;
}
