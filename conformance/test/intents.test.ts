import { expect, test } from "vitest";
import { intentFault } from "../src/engine/judge/intents.js";
import { kindOf } from "../src/engine/judge/names.js";
import { withoutSecrets } from "../src/engine/run/secrets.js";

const generation = "ab".repeat(32);
const path = `/x/.openclaw-refresh-${generation.slice(0, 32)}.json`;

const payload = {
  pid: 7,
  createdAt: "2026-11-24T08:00:00.000Z",
  starttime: 1,
  protocol: 1,
  token: "0".repeat(32),
  platform: "linux",
  helper: "x/1.0.0",
};

const faultOf = (more: object, at = path) =>
  intentFault(at, Buffer.from(`${JSON.stringify({ ...payload, ...more }, null, 2)}\n`));

test("intents of every state are right", () => {
  expect(faultOf({ generation, state: "sent" })).toBeUndefined();
  expect(faultOf({ generation, state: "unknown" })).toBeUndefined();
  expect(faultOf({ generation, state: "rejected", reason: "invalid_grant" })).toBeUndefined();
});

test.each([
  ["without a state", { generation }],
  ["with another state", { generation, state: "done" }],
  ["with a reason that says more than a code", { generation, state: "rejected", reason: "Token abc is spent" }],
  ["with a reason that nobody has asked for", { generation, state: "sent", reason: "invalid_grant" }],
  ["with more than that", { generation, state: "sent", refresh: "secret" }],
  ["with a payload that is none", { pid: "7", generation, state: "sent" }],
  ["of another generation than its name", { generation: "cd".repeat(32), state: "sent" }],
])("an intent %s is wrong", (_name, more) => {
  expect(faultOf(more)).toBeDefined();
});

test("an intent has a guard like a lock's", () => {
  expect(kindOf(`${path}.reclaim`)).toBe("guard");
  expect(kindOf(`${path}.reclaim.0123456789abcdef`)).toBe("marker");
  expect(kindOf(`${path}.old`)).toBe("stranger");
});

test("no log shows a token", () => {
  const shown = withoutSecrets("refresh", { store: "/x", rejected: "secret-1", access: "secret-2" });
  expect(shown["store"]).toBe("/x");
  expect(JSON.stringify(shown)).not.toContain("secret");
});
