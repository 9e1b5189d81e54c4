import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian's package puts it, unless CHROMIUM names another one. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Whether tests that look at pages can run; in CI they must. */
export const hasChromium = existsSync(CHROMIUM) || process.env.CI !== undefined;

/** Whether tests of alerts and dashboard can run; in CI they must. */
export const hasPrometheus =
  (isInstalled("prometheus") && isInstalled("promtool")) || process.env.CI !== undefined;

/** Before all tests: says which do not run on this machine, and how they would. */
export default function sayWhatIsLeftOut(): void {
  if (!process.env.TEST_DATABASE_URL)
    console.log("Database tests run on SQLite only: npm run test:postgres runs them on Postgres, too.\n");
  if (!hasChromium)
    console.log(
      `Tests of the viewer's page are left out: there is no ${CHROMIUM}. Install Chromium (Debian: apt-get install chromium), or set CHROMIUM to its path.\n`,
    );
  if (!hasPrometheus)
    console.log(
      "Tests of alerts and dashboard are left out: prometheus or promtool is not in the PATH. Install Prometheus (Debian: apt-get install prometheus).\n",
    );
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
