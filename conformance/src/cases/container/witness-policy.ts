import { join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, LockOptions } from "../../engine/case.js";
import { askWitness } from "../../engine/judge/witnesses.js";
import { CONTAINER } from "../support/containers.js";
import { leftNothing, wasRefused } from "../support/expect.js";
import { inInitialNamespace } from "../support/machine.js";
import { fresh } from "../support/team.js";

const VARIABLE = "OPENCLAW_LOCKS_WITNESS";

export const witnessPolicy: CaseDefinition = {
  id: "witness-policy",
  title: "A witness is made in a container, where it is asked for, and nowhere else",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "ERROR-4"],
  field: [49],
  profile: "container",
  needs: ["basic", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "On the host and in a container a lock is taken under each policy, given as an option, by OPENCLAW_LOCKS_WITNESS, by both and by neither. The lock must name a witness that answers, or none. Another value of the variable is refused before anything is touched.",
  timeoutMs: 60_000,
  async run(context) {
    const host = (value?: string) => fresh(context, value === undefined ? {} : { env: { [VARIABLE]: value } });
    const inside = (value?: string) =>
      fresh(context, { ...CONTAINER, ...(value === undefined ? {} : { env: { [VARIABLE]: value } }) });
    const isOutside = inInitialNamespace();
    const scenes: readonly (readonly [string, Promise<Driver>, LockOptions, boolean])[] = [
      ["host", host(), {}, !isOutside],
      ["host-auto", host("auto"), {}, !isOutside],
      ["host-always", host(), { witness: "always" }, true],
      ["host-variable", host("always"), {}, true],
      ["host-option-wins", host("always"), { witness: "never" }, false],
      ["host-empty-variable", host(""), {}, !isOutside],
      ["container", inside(), {}, true],
      ["container-auto", inside("never"), { witness: "auto" }, true],
      ["container-never", inside(), { witness: "never" }, false],
      ["container-variable", inside("never"), {}, false],
    ];
    for (const [name, driver, options, isNamed] of scenes) await named(context, await driver, name, options, isNamed);
    await refused(context, await host("on"));
  },
};

async function named(
  context: CaseContext,
  driver: Driver,
  name: string,
  options: LockOptions,
  isNamed: boolean,
): Promise<void> {
  const target = context.target(`${name}/file.json`);
  const held = await driver.acquire(target, options);
  const due = isNamed ? "a witness" : "no witness";
  context.check(name, (held.witness !== null) === isNamed, () => `it names ${held.witness}, ${due} was due`);
  if (held.witness !== null) {
    const answer = await askWitness(join(held.lockPath, "..", held.witness));
    context.check(`${name}-answers`, answer === "answers", () => `the witness of a living holder: ${answer}`);
  }
  await held.release();
}

async function refused(context: CaseContext, driver: Driver): Promise<void> {
  const target = context.target("wrong/file.json");
  const attempt = await driver.tryAcquire(target, { timeoutMs: 0 });
  wasRefused(context, "wrong-value", attempt, "file_lock_invalid_option", `${VARIABLE} is "on"`);
  leftNothing(context, "wrong-value-untouched", target, "a refused option");
}
