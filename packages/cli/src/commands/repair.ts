import { createInterface } from "node:readline/promises";
import { EXIT, type ExitStatus } from "../exit-codes.js";
import { lookAt } from "../explain/look.js";
import type { Policy } from "../find/policy.js";
import { type Paint, painter } from "../render/colour.js";
import { paragraph } from "../render/columns.js";
import { Output } from "../render/output.js";
import { terminalOf } from "../render/terminal.js";
import { STATE_WORDS, safe } from "../render/words.js";
import { act, markOf } from "../repair/act.js";
import { mayAct, type Plan, planFor } from "../repair/plan.js";
import type { RepairFlags } from "./repair-command.js";

/** Removes what nobody needs any more, shown and proven first. */
export async function repair(path: string, flags: RepairFlags): Promise<ExitStatus> {
  const policy: Policy = { staleMs: flags.stale, trustPids: flags.trustPids };
  const output = new Output();
  const terminal = terminalOf(process.stdout, process.env);
  const paint = painter(terminal.hasColour);
  const say = (text: string, indent = 0) => output.write(`${paragraph(text, terminal.width, indent)}\n`);
  const { lockPath, looked } = await lookAt(path, policy);
  // A guard comes before its lock, since it keeps everybody from that.
  const plans = [...looked].reverse().flatMap((one) => {
    const plan = planFor(one, policy);
    return plan ? [{ plan, mark: markOf(plan) }] : [];
  });
  if (plans.length === 0) {
    await say(`${safe(lockPath)}: nothing to repair.`);
    return EXIT.ok;
  }
  let isLeft = false;
  let hasFailed = false;
  let isGuarded = false;
  for (const { plan, mark } of plans) {
    await show(plan, say, paint);
    if (plan.means === "sweep" && plan.entry.kind === "lock" && isGuarded) {
      await say("Nothing is removed: its guard keeps everybody from it.", 2);
      isLeft = true;
    } else if (!mayAct(plan)) {
      await say("Nothing is removed.", 2);
      isLeft = true;
    } else if (!flags.yes && !(await agree(plan))) {
      await say(process.stdin.isTTY ? "Nothing is removed." : "Nothing is removed: add --yes.", 2);
      isLeft = true;
    } else {
      const failure = await act(plan, mark, policy);
      await say(failure === undefined ? paint("green", "Removed.") : paint("red", `Not removed: ${failure}`), 2);
      hasFailed ||= failure !== undefined;
    }
    isGuarded ||= plan.entry.kind === "guard" && (isLeft || hasFailed);
  }
  return hasFailed ? EXIT.io : isLeft ? EXIT.stuck : EXIT.ok;
}

type Say = (text: string, indent?: number) => Promise<void>;

async function show({ entry, proof }: Plan, say: Say, paint: Paint): Promise<void> {
  const [word, colour] = STATE_WORDS[entry.state];
  await say(`${paint("bold", safe(entry.path))}: ${paint(colour, word)}`);
  for (const { text, holds, remedy } of proof) {
    await say(`${holds ? paint("green", "proven ") : paint("red", "missing")} ${text}`, 2);
    if (remedy !== undefined) await say(`→ ${remedy}`, 10);
  }
}

async function agree({ entry }: Plan): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await asking.question(`  Remove ${safe(entry.path)}? [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
