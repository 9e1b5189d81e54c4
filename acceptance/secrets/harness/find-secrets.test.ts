import { spawn } from "node:child_process";
import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publishArrival } from "../../../common/tracing/test/harness/intake-channel.ts";
import { findSecrets } from "./find-secrets.ts";
import { PERSONAL } from "./planted.ts";
import { Written } from "./written.ts";

const secret = fc.string({ minLength: 6, maxLength: 40, unit: "grapheme" });
const around = fc.string({ maxLength: 20 });

const WAYS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "in JSON": (text) => JSON.stringify({ text }),
  "in JSON in JSON": (text) => JSON.stringify(JSON.stringify({ text })),
  "percent-encoded": encodeURIComponent,
  "percent-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "in hex": (text) => Buffer.from(text).toString("hex"),
  "in Base64": (text) => Buffer.from(text).toString("base64"),
  "in Base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
};

describe("a secret is found", () => {
  test.each(Object.entries(WAYS))("%s, whatever stands around it", (_, write) => {
    fc.assert(
      fc.property(secret, around, around, (own, before, after) => {
        const written = Buffer.from(`${before} ${write(`${before}${own}${after}`)} ${after}`);
        expect(findSecrets({ own }, written)).toEqual(["own"]);
      }),
    );
  });

  test("in what a child process writes, and in what an intake receives", async () => {
    using written = new Written();
    const program = `console.log(${JSON.stringify(PERSONAL.email)}); console.error(${JSON.stringify(PERSONAL.cookie)})`;
    const child = spawn(process.execPath, ["-e", program]);
    await once(child, "close");
    publishArrival({ port: 1, path: "/", body: Buffer.from(PERSONAL.baggage) });
    const places = [`email in ${child.pid}-stdout`, `cookie in ${child.pid}-stderr`, "baggage in intake-1"];
    expect(written.findings()).toEqual(places);
    expect(written.missing([PERSONAL.cookie, "nowhere"])).toEqual(["nowhere"]);
  });

  test("in an envelope, but for the key in its header, which belongs there", () => {
    using written = new Written();
    const header = `{"trace":{"public_key":"${PERSONAL.cookie}","trace_id":"1"}}`;
    publishArrival({
      port: 1,
      path: "/api/1/envelope/",
      body: Buffer.from(`${header}\n{"type":"event"}\n{}`),
    });
    expect(written.findings()).toEqual([]);
    publishArrival({ port: 2, path: "/api/1/envelope/", body: Buffer.from(`${header}\n${header}\n{}`) });
    expect(written.findings()).toEqual(["cookie in intake-2"]);
  });
});

test("what is no secret is not found", () => {
  expect(findSecrets({ own: PERSONAL.email }, Buffer.from("ada.byron@mail.org, order 4711"))).toEqual([]);
});

test("what Node.js prints of an uncaught exception is left out", async () => {
  using written = new Written();
  await once(spawn(process.execPath, ["-e", `throw new Error(${JSON.stringify(PERSONAL.email)})`]), "close");
  expect(written.deaths()).toBe(1);
  expect(written.findings()).toEqual([]);
});
