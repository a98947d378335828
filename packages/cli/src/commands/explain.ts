import { EXIT, type ExitStatus } from "../exit-codes.js";
import { consequenceOf } from "../explain/consequence.js";
import { type Looked, lookAt } from "../explain/look.js";
import { rowOf } from "../explain/rows.js";
import { stepsOf } from "../explain/steps.js";
import { KernelLocks } from "../find/kernel-locks.js";
import { isHeld, needsAttention } from "../judge/entry.js";
import { isGuess } from "../judge/guess.js";
import { painter } from "../render/colour.js";
import { paragraph } from "../render/columns.js";
import { Output } from "../render/output.js";
import { terminalOf } from "../render/terminal.js";
import { kernelWords, STATE_WORDS, safe } from "../render/words.js";
import type { ExplainFlags } from "./explain-command.js";

/** Says by what evidence a lock is judged, and by which rules. Changes nothing. */
export async function explain(path: string, flags: ExplainFlags): Promise<ExitStatus> {
  const { lockPath, looked } = await lookAt(path, { staleMs: flags.stale, trustPids: flags.trustPids });
  const kernelLocks = new KernelLocks().of(lockPath);
  const output = new Output();
  const terminal = terminalOf(process.stdout, process.env);
  const paint = painter(terminal.hasColour);
  const say = (text: string, indent = 0) => output.write(`${paragraph(text, terminal.width, indent)}\n`);
  const rule = (name: string) => paint("dim", `[${name}]`);

  if (looked.length === 0) await say(`${safe(lockPath)}: nothing is there, nobody holds it.`);
  for (const [at, { entry, inspection }] of looked.entries()) {
    if (at > 0) await output.write("\n");
    const [word, colour] = STATE_WORDS[entry.state];
    const proof =
      inspection &&
      (isGuess(inspection)
        ? ", in doubt"
        : entry.conclusive
          ? ", proven"
          : entry.state === "stale"
            ? ", presumed"
            : "");
    await say(`${paint("bold", safe(entry.path))}: ${paint(colour, word)}${proof ?? ""}`);
    if (!inspection) {
      await say(entry.explanation, 2);
      continue;
    }
    for (const [number, step] of stepsOf(inspection).entries()) {
      await say(`${number + 1}. ${step.text} ${rule(step.rule)}`, 2);
    }
    const row = rowOf(entry.reason ?? "", entry.conclusive ?? false);
    await say(`So: ${lower(entry, inspection)} ${rule(`VERDICT-1, row ${row ?? "?"}: ${entry.reason}`)}`, 2);
    const follows = consequenceOf(entry, inspection.removable);
    await say(`${follows.text} ${rule(follows.rule)}`, 2);
    if (entry.state !== "held") await say(`→ ${entry.advice}`, 2);
  }
  for (const words of kernelWords({ path: lockPath, kernelLocks }))
    await say(`${words} ${rule("FOREIGN-3, FOREIGN-4")}`);
  return statusOf(looked);
}

// The sentence of the row, also where the state says something else of a guard.
function lower({ explanation }: Looked["entry"], { verdict }: NonNullable<Looked["inspection"]>): string {
  return `${explanation.charAt(0).toLowerCase()}${explanation.slice(1)} The verdict is ${verdict}.`;
}

function statusOf(looked: readonly Looked[]): ExitStatus {
  const entries = looked.map(({ entry }) => entry);
  if (entries.some(needsAttention)) return EXIT.stuck;
  if (entries.some(({ state }) => state === "unreadable")) return EXIT.io;
  return entries.some(isHeld) ? EXIT.held : EXIT.ok;
}
