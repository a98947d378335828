import type { CaseDefinition, RefusalError } from "../../engine/case.js";
import { wasRefused } from "../support/expect.js";
import { lockOf } from "../support/files.js";
import { openclawLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";

// C0, DEL, C1, and what turns the direction of text or hides in it.
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const LONGEST = 8_192;

export const errorEscapes: CaseDefinition = {
  id: "error-escapes",
  title: "No message carries a control character of a name or of a file",
  group: "core",
  level: "MUST",
  rules: ["ERROR-3"],
  field: [76],
  profile: "basic",
  needs: ["basic", "detail"],
  environment: ["linux"],
  parallel: true,
  refusalsOnly: true,
  how: "The target's name, the holder's command name and the text of a foreign lock hold escape sequences, line breaks and bidirectional controls. The refusals must name them without one raw control character, in bounded length.",
  timeoutMs: 40_000,
  async run(context) {
    const driver = await context.spawn();
    const safe = (what: string, { message, hint = "" }: RefusalError) => {
      const text = `${message}${hint}`;
      context.check(`${what}-escaped`, !DANGEROUS.test(text), () => JSON.stringify(text));
      context.check(`${what}-bounded`, text.length <= LONGEST, () => `${text.length} characters`);
    };
    const target = context.target("e\u001b[31m\u202e\n.json");
    const owner = await sleeper(context, { name: "n\u001b[2J\n\u0007" });
    context.plant(lockOf(target), openclawLock(owner));
    const timeout = await driver.tryAcquire(target, { timeoutMs: 100 });
    safe("names", wasRefused(context, "held", timeout, "file_lock_timeout", "a live process holds"));

    const foreign = context.target("foreign.json");
    const text = `77\nhost\u001b]0;x\u0007\u202e${"y".repeat(30_000)}\n`;
    context.plant(lockOf(foreign), text, { mtime: new Date(Date.now() - 60_000) });
    const attempt = await driver.tryAcquire(foreign, { foreignTimeoutMs: 50 });
    safe("content", wasRefused(context, "foreign", attempt, "file_lock_foreign", "this is nobody's lock"));
  },
};
