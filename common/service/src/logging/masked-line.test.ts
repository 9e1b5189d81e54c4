import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

const config = {
  SERVICE_NAME: "bakery",
  SERVICE_VERSION: "1.2.3",
  ENVIRONMENT: "test",
  LOG_LEVEL: "info",
  tracing: { sanitize: { keys: ["recipe"], patterns: [/flour-\d+/] } },
} as const;

/** What a logger writes, as it is written. */
function written(log: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  log(createLogger(config, { write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

test("secrets in message, fields, errors and their causes are masked, and the line stays JSON", () => {
  const cause = new Error("no bread for ada@mail.example, order 4711");
  const error = new Error("postgres://baker:hunter2@db.internal/orders is gone", { cause });
  const line = written((logger) =>
    logger.error(
      { err: error, user: { email: "ada@mail.example", loaves: 3 }, tags: ["a", "ada@mail.example"] },
      "card 4111 1111 1111 1111",
    ),
  );
  expect(line).not.toMatch(/hunter2|ada@|4111 1111/);
  expect(line).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(line)).toMatchObject({
    level: "error",
    msg: "card [Filtered]",
    user: { email: "[Filtered]", loaves: 3 },
    tags: ["a", "[Filtered]"],
    err: { type: "Error", message: expect.stringContaining("order 4711") },
  });
});

test("the service's own rules for secrets hold for its log, too", () => {
  const line = written((logger) => logger.info({ recipe: "rye", note: "with flour-42" }, "baked"));
  expect(JSON.parse(line)).toMatchObject({ recipe: "[Filtered]", note: "with [Filtered]", msg: "baked" });
});

test("what tracing says of itself stays readable", () => {
  const tracing = { sentry: "sentry.example", sampleRate: 0.01 };
  expect(JSON.parse(written((logger) => logger.info({ tracing }, "tracing started")))).toMatchObject({
    tracing,
  });
});
