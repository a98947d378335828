import { splitCommand } from "../engine/command-line.js";
import { excerpt } from "../engine/driver/fault.js";
import { EXIT } from "../engine/run/report.js";
import { smoke } from "../engine/smoke.js";
import { UsageError } from "./usage-error.js";

const SIGNS = { passed: "ok    ", failed: "FAILED", "not-applicable": "n/a   ", "not-tried": "–     " } as const;

/** Is the driver right, before: is the lock right. Answers the exit status. */
export async function runSmoke(flags: { driver: string; timeScale: number }): Promise<number> {
  const command = splitCommand(flags.driver);
  if (command.length === 0) throw new UsageError("--driver names no command");
  const results = await smoke(
    { name: "driver", kind: "driver", command, env: {}, capabilities: new Set() },
    flags.timeScale,
  );
  for (const { step, outcome, message, stderrTail } of results) {
    console.log(`${SIGNS[outcome]}  ${step}${message === "" ? "" : `: ${message}`}`);
    for (const line of stderrTail.slice(-10)) console.log(`          its log: ${excerpt(line)}`);
  }
  const passed = results.filter(({ outcome }) => outcome === "passed").length;
  const failed = results.filter(({ outcome }) => outcome === "failed").length;
  console.log(`${passed} passed, ${failed} failed`);
  if (passed === 0) return EXIT.couldNotRun;
  return failed === 0 ? EXIT.conformant : EXIT.nonconformant;
}
