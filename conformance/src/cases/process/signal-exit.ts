import { rmSync } from "node:fs";
import type { CaseContext, CaseDefinition, Driver, Held } from "../../engine/case.js";
import { keeps, together } from "../support/expect.js";
import { isThere, lockOf, takeAway } from "../support/files.js";
import { helperLock } from "../support/payloads.js";
import { sleeper } from "../support/processes.js";
import { type EndSignal, endedBy, ignores, SIGNALS, shortName } from "../support/signals.js";
import { fresh } from "../support/team.js";
import { takenAtOnce } from "../support/verdicts.js";

export const signalExit: CaseDefinition = {
  id: "signal-exit",
  title: "TERM, INT and HUP release every lock of the process where that was asked for, and end it as they would have",
  group: "process",
  level: "MUST",
  rules: ["RELEASE-10", "RELEASE-1"],
  field: [12],
  profile: "reclaim",
  needs: ["basic", "reclaim", "signals"],
  environment: ["linux"],
  parallel: true,
  how: "A process that holds two locks, and waits for a third, gets TERM, INT or HUP. Where it has asked for release-on-signals, once or twice, both locks must be gone when it has ended, and the signal must be what ended it; a lock that is somebody else's by now stays. Where it has not asked, has undone it, or has asked for other signals only, TERM and HUP must end it all the same, its locks stay, and the next single try takes them. A signal that was ignored before stays ignored.",
  timeoutMs: 90_000,
  async run(context) {
    const next = await context.spawn();
    const blocked = await (await context.spawn()).acquire(context.target("blocked.json"));
    await together([
      ...SIGNALS.map((signal) => releases(context, blocked, `asked-${shortName(signal)}`, signal, ask())),
      releases(context, blocked, "asked-twice", "SIGTERM", ask(), ask()),
      releases(context, blocked, "asked-for-one", "SIGTERM", ask("TERM")),
      releases(context, blocked, "asked-again", "SIGTERM", ask(), UNDO, ask()),
      ...(["SIGTERM", "SIGHUP"] as const).map((signal) =>
        leaves(context, next, `unasked-${shortName(signal)}`, signal),
      ),
      leaves(context, next, "undone", "SIGTERM", ask(), UNDO),
      leaves(context, next, "undone-once", "SIGTERM", ask(), ask(), UNDO),
      leaves(context, next, "asked-for-others", "SIGTERM", ask("INT", "HUP")),
      successor(context),
      ignored(context),
    ]);
    await blocked.release();
  },
};

type Request = Readonly<Record<string, unknown>>;

const ask = (...signals: string[]): Request => (signals.length === 0 ? {} : { signals });
const UNDO: Request = { undo: true };

/** A process that has asked so, holds two locks and waits for a third. */
async function holder(
  context: CaseContext,
  name: string,
  requests: readonly Request[],
  blocked?: Held,
): Promise<{ driver: Driver; locks: readonly Held[] }> {
  const driver = await fresh(context);
  const first = await driver.acquire(context.target(`${name}/first.json`));
  for (const request of requests) await driver.ask("release-on-signals", request);
  const second = await driver.acquire(context.target(`${name}/second.json`));
  if (blocked !== undefined) {
    driver.startAcquire(blocked.target, { timeoutMs: context.limit(60_000) });
    await context.sleep(50);
  }
  return { driver, locks: [first, second] };
}

async function releases(
  context: CaseContext,
  blocked: Held,
  name: string,
  signal: EndSignal,
  ...requests: readonly Request[]
): Promise<void> {
  const { driver, locks } = await holder(context, name, requests, blocked);
  endedBy(context, `${name}-ended`, await driver.kill(signal), signal);
  for (const { lockPath } of locks) {
    context.check(`${name}-released`, !isThere(lockPath), () => `${lockPath} was left behind`);
  }
}

async function leaves(
  context: CaseContext,
  next: Driver,
  name: string,
  signal: EndSignal,
  ...requests: readonly Request[]
): Promise<void> {
  const { driver, locks } = await holder(context, name, requests);
  endedBy(context, `${name}-ended`, await driver.kill(signal), signal);
  for (const { lockPath, target } of locks) {
    context.require(`${name}-left`, isThere(lockPath), `${lockPath} was released, which nobody has asked for`);
    await takenAtOnce(context, next, target, `${name}-taken`, "its holder has ended");
  }
}

/** What is somebody else's by now is none of its locks. */
async function successor(context: CaseContext): Promise<void> {
  const { driver, locks } = await holder(context, "successor", [ask()]);
  const [lost, kept] = locks;
  const bytes = helperLock(lockOf(lost!.target), await sleeper(context));
  takeAway(context, lost!);
  context.plant(lost!.lockPath, bytes);
  endedBy(context, "successor-ended", await driver.kill("SIGTERM"), "SIGTERM");
  keeps(context, "successor-kept", lost!.lockPath, bytes, "it is somebody else's lock");
  context.check("successor-released", !isThere(kept!.lockPath), "its own other lock was left behind");
  rmSync(lost!.lockPath);
}

/** Started by nohup. A language that makes every signal deadly again when it starts has nothing to keep. */
async function ignored(context: CaseContext): Promise<void> {
  const driver = await fresh(context, { wrapper: ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"] });
  if (!ignores(driver, "SIGHUP")) {
    await driver.bye();
    return;
  }
  const held = await driver.acquire(context.target("ignored.json"));
  await driver.ask("release-on-signals");
  process.kill(driver.osPid, "SIGHUP");
  await context.sleep(context.limit(300));
  const isKept = driver.alive && isThere(held.lockPath) && (await held.verify());
  context.require("ignored-stays", isKept, "a signal that it ignored ended it, or its lock");
  await driver.ask("release-on-signals", UNDO);
  context.check("ignored-after", ignores(driver, "SIGHUP"), "HUP is not ignored any more after asking and undoing");
  await held.release();
}
