import type { CaseContext, CaseDefinition, Held } from "../../engine/case.js";
import { wasRefused } from "../support/expect.js";
import { bytesOf, lockOf } from "../support/files.js";
import { deviceOf, ownDomain, startTicks } from "../support/machine.js";
import { peers } from "../support/team.js";

const KEYS = [
  "pid",
  "createdAt",
  "starttime",
  "protocol",
  "token",
  "platform",
  "bootId",
  "pidNamespace",
  "timeNamespace",
  "dev",
  "host",
  "heartbeatMs",
  "witness",
  "helper",
  "purpose",
];
const SECRET = "kept-out-of-the-lock-5d1c";

export const payloadCompatible: CaseDefinition = {
  id: "payload-compatible",
  title: "The lock says who holds it, in the contract's form and in OpenClaw's units",
  group: "core",
  level: "MUST",
  rules: ["PAYLOAD-1", "PAYLOAD-2", "PAYLOAD-3", "PATH-1", "OPENCLAW-1", "OPENCLAW-2"],
  field: [18, 33],
  profile: "basic",
  needs: ["basic"],
  environment: ["linux"],
  peers: true,
  how: "A lock is taken with a purpose and read: form, order of keys, pid, start time, time, domain, device, token and purpose must be the holder's own and true; nothing of its environment may be in it; a second lock must have a new token. OpenClaw's code of each generation must wait for it.",
  timeoutMs: 40_000,
  async run(context) {
    const target = context.target();
    const driver = await context.spawn(undefined, { env: { LOCK_SUITE_SECRET: SECRET } });
    const startedAt = Date.now();
    const held = await driver.acquire(target, { purpose: "mend the köttbullar" });
    const bytes = bytesOf(lockOf(target));
    checkForm(context, bytes);
    checkOwner(context, held, JSON.parse(bytes) as Record<string, unknown>, startedAt);
    for (const openclaw of peers(context, "G2", "G3")) {
      const attempt = await (await context.spawn(openclaw)).tryAcquire(target, { timeoutMs: 300 });
      wasRefused(context, `waited-for-by-${openclaw.name}`, attempt, "file_lock_timeout", "a live helper holds");
    }
    await held.release();

    const again = await driver.acquire(target);
    const { token, purpose } = JSON.parse(bytesOf(lockOf(target))) as Record<string, unknown>;
    context.check("new-token", token !== held.token, "two publications have the same token");
    context.check("no-purpose", purpose === undefined, () => `nobody gave the purpose ${purpose}`);
    await again.release();
  },
};

function checkForm(context: CaseContext, bytes: string): void {
  const payload = JSON.parse(bytes) as Record<string, unknown>;
  const again = `${JSON.stringify(payload, null, 2)}\n`;
  context.check("two-space-json", bytes === again, () => `written ${JSON.stringify(bytes)}`);
  const keys = Object.keys(payload);
  const inOrder = KEYS.filter((key) => keys.includes(key));
  context.check("keys-in-order", keys.join() === inOrder.join(), () => `the keys are ${keys.join()}`);
  context.check("no-secret", !bytes.includes(SECRET), "the payload holds a value of the environment");
}

function checkOwner(context: CaseContext, held: Held, payload: Record<string, unknown>, startedAt: number): void {
  const { driver } = held;
  const says = (key: string, value: unknown) =>
    context.check(`says-${key}`, payload[key] === value, () => `${key} is ${payload[key]}, not ${value}`);
  says("pid", driver.pid);
  says("starttime", startTicks(driver.osPid));
  says("protocol", 1);
  says("token", held.token);
  says("platform", process.platform);
  for (const [key, value] of Object.entries(ownDomain())) says(key, value);
  says("dev", deviceOf(held.lockPath));
  says("purpose", "mend the köttbullar");
  const createdAt = String(payload["createdAt"]);
  const madeAt = Date.parse(createdAt);
  const isForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(createdAt);
  const isTrue = madeAt >= startedAt - 1 && madeAt <= Date.now() + 1;
  context.check("created-now", isForm && isTrue, () => `createdAt is ${createdAt}`);
  const { helper } = payload;
  context.check("helper", /^[a-z][a-z0-9-]*\/\d+\.\d+\.\d+/.test(String(helper)), () => `helper is ${helper}`);
}
