import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { openCall, serverSpans } from "./harness/calls.ts";
import { withScene } from "./harness/scene.ts";

class OverdrawnError extends Error {
  override readonly name = "OverdrawnError";
}

test("EXP-15: what a handler throws arrives as attributes of its span, too, since Sentry drops span events", () =>
  withScene(
    {
      unary() {
        throw new OverdrawnError("the account is overdrawn");
      },
    },
    async ({ intake, client }) => {
      await openCall(client, "unary").status;
      await intake.until(() => serverSpans(intake).length === 1, "the server's span");
      const [span] = serverSpans(intake);
      expect(span?.attributes).toMatchObject({
        "exception.type": "OverdrawnError",
        "exception.message": "the account is overdrawn",
        "exception.stacktrace": expect.stringContaining("exceptions.test.ts"),
      });
      expect(span?.status.code).toBe(2);
      expect(span?.events).toEqual([
        { name: "exception", attributes: expect.objectContaining({ "exception.type": "OverdrawnError" }) },
      ]);
    },
  ));

test("EXP-15: what a business span throws is on that span, and reaches the caller unchanged", () =>
  withScene({}, async ({ intake }) => {
    const thrown = new OverdrawnError("the account is overdrawn");
    await expect(withSpan("withdraw", async () => Promise.reject(thrown))).rejects.toBe(thrown);
    await intake.until(() => intake.spans.length === 1, "the span");
    expect(intake.spans[0]?.attributes).toMatchObject({
      "exception.type": "OverdrawnError",
      "exception.message": "the account is overdrawn",
      "exception.stacktrace": expect.stringContaining("exceptions.test.ts"),
      "error.type": "OverdrawnError",
    });
    expect(intake.spans[0]?.status).toEqual({ code: 2, message: "the account is overdrawn" });
  }));

test.each([
  ["a text", "just text", { "exception.type": "string", "exception.message": "just text" }],
  ["nothing", undefined, { "exception.type": "undefined" }],
  [
    "an object without a name",
    { code: 7, message: "odd" },
    { "exception.type": "7", "exception.message": "odd" },
  ],
  [
    "an object whose message throws",
    {
      get message(): string {
        throw new Error("no");
      },
    },
    { "exception.message": "[unreadable]" },
  ],
])("EXP-15: %s can be thrown as well", (_case, thrown, attributes) =>
  withScene({}, async ({ intake }) => {
    let caught: unknown = "nothing was thrown";
    try {
      withSpan("odd", () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
    await intake.until(() => intake.spans.length === 1, "the span");
    expect(intake.spans[0]?.attributes).toMatchObject(attributes);
    expect(intake.spans[0]?.status.code).toBe(2);
  }),
);
