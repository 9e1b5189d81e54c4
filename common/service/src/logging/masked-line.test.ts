import { loadTracingConfig, startTracing } from "tracekeep";
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

test("all that stands below a secret key is masked, whatever its own keys are", () => {
  const cyclic: Record<string, unknown> = { deep: "hunter2" };
  cyclic.again = cyclic;
  const error = Object.assign(new Error("refused"), { password: { given: "hunter2" } });
  const fields = {
    secret: { deep: { deeper: "hunter2" } },
    password: { old: "hunter2", new: ["hunter2"] },
    tokens: [{ value: "hunter2" }, ["hunter2"]],
    "db.password": Buffer.from("hunter2"),
    request: { headers: { authorization: { scheme: "own", value: "hunter2" } } },
    credentials: { toJSON: () => ({ login: { name: "hunter2" } }) },
    pin: cyclic,
    recipe: { flour: { grams: 500, from: "hunter2" } },
    err: error,
    loaves: { rye: { count: 3 } },
  };
  const line = written((logger) => logger.info(fields, "baked"));
  expect(line).not.toMatch(/hunter2|104,117,110|500/);
  expect(JSON.parse(line)).toMatchObject({
    secret: "[Filtered]",
    request: { headers: { authorization: "[Filtered]" } },
    err: { message: "refused", password: "[Filtered]" },
    loaves: { rye: { count: 3 } },
    msg: "baked",
  });
});

test("no field of a line is left as it is for its name", () => {
  const tracing = { password: "hunter2", card: "4111 1111 1111 1111", sentry: "sentry.example" };
  for (const fields of [{ tracing }, { event: "tracekeep.started", tracing }, { err: { tracing } }]) {
    const line = written((logger) => logger.info(fields, "x"));
    expect(line).not.toMatch(/hunter2|4111 1111/);
    expect(line).toContain("sentry.example");
  }
});

test("what tracing says of itself stays readable", async () => {
  const lines: string[] = [];
  const { tracing: _, ...names } = config;
  const logger = createLogger(names, { write: (line) => void lines.push(line) });
  const said: unknown[] = [];
  const say = (fields: object) => void said.push(JSON.parse(JSON.stringify(fields)));
  const env = {
    SENTRY_DSN: "http://0123456789abcdef0123456789abcdef@127.0.0.1:9/1",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:9/v1/traces",
  };
  for (const each of [logger, { debug: say, info: say, warn: say, error: say }])
    await startTracing(loadTracingConfig({ env, cwd: "/" }), { logger: each }).shutdown(100);
  const written = lines.map((line) => JSON.parse(line));
  expect(written.map(({ event }) => event)).toEqual(["tracekeep.started", "tracekeep.stopped"]);
  expect(written).toMatchObject(said as object[]);
});

test("a line without an end of depth is cut, and throws nothing into the service", () => {
  let deep: object = { password: "hunter2" };
  for (let depth = 0; depth < 4_000; depth++) deep = { deep };
  const line = written((logger) => logger.info({ deep }, "baked"));
  expect(line).not.toContain("hunter2");
  expect(JSON.parse(line)).toMatchObject({ msg: "baked", deep: { deep: { deep: {} } } });
});

test("a number that a double would round keeps its digits", () => {
  const fields = { amount: 9_007_199_254_740_993n, small: 17n, share: 0.1, pin: 9_007_199_254_740_993n };
  const line = written((logger) => logger.info(fields, "baked"));
  expect(JSON.parse(line)).toMatchObject({
    amount: "9007199254740993",
    small: 17,
    share: 0.1,
    pin: "[Filtered]",
  });
});

test("a header or an option in a list names what follows it", () => {
  const fields = {
    argv: ["--password", "hunter2", "--port", "1"],
    rawHeaders: ["X-Api-Key", "hunter2", "Accept", "text/html", "Set-Cookie", "remember=hunter2"],
    columns: ["password", "created_at"],
  };
  const line = written((logger) => logger.info(fields, "baked"));
  expect(JSON.parse(line)).toMatchObject({
    argv: ["--password", "[Filtered]", "--port", "1"],
    rawHeaders: ["X-Api-Key", "[Filtered]", "Accept", "text/html", "Set-Cookie", "[Filtered]"],
    columns: ["password", "created_at"],
  });
});
