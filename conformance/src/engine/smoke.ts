import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Capability, ImplementationRef } from "./case.js";
import type { RunningDriver } from "./driver/driver.js";
import { DriverFault } from "./driver/fault.js";
import { startDriver } from "./driver/start.js";
import { SILENT, silentSession } from "./implementations.js";
import { judgeCounter } from "./judge/counter.js";

export interface SmokeResult {
  readonly step: string;
  readonly outcome: "passed" | "failed" | "not-applicable" | "not-tried";
  readonly message: string;
  readonly stderrTail: readonly string[];
}

interface Ground {
  readonly driver: RunningDriver;
  readonly target: string;
  readonly folder: string;
}

interface Step {
  readonly name: string;
  readonly needs?: Capability;
  run(ground: Ground): Promise<string | undefined>;
}

const must = (ok: boolean, message: string): void => {
  if (!ok) throw new Error(message);
};

/** Is the driver right? Whether the lock is right, the suite asks afterwards. */
const STEPS: readonly Step[] = [
  {
    name: "says hello",
    run: async ({ driver: { hello } }) => {
      const { name, version, language, capabilities } = hello;
      return `${name} ${version} (${language}), capabilities: ${capabilities.join(", ") || "none"}`;
    },
  },
  {
    name: "answers a verb that it does not know with an error, and goes on",
    run: async ({ driver }) => {
      const reply = await driver.call("no-such-verb");
      must(reply.status === "refused", "it answered ok");
      return undefined;
    },
  },
  {
    name: "acquires a free lock",
    needs: "basic",
    run: async ({ driver, target }) => {
      const fields = { target, handle: "first", options: { timeoutMs: 1000 }, "a-field-that-no-driver-knows": true };
      const { lockPath } = await driver.ask("acquire", fields);
      const due = `${realpathSync(join(target, ".."))}/guarded.json.lock`;
      must(lockPath === due, `it says that the lock is ${String(lockPath)}, and not ${due} (PATH-1)`);
      must(existsSync(due), `there is no ${due}`);
      return undefined;
    },
  },
  {
    name: "verifies what it holds",
    needs: "basic",
    run: async ({ driver }) => {
      const { held } = await driver.ask("verify", { handle: "first" });
      must(held === true, "it says that it does not hold what it has acquired");
      return undefined;
    },
  },
  {
    name: "refuses when the time is over, and does not call it an error",
    needs: "basic",
    run: async ({ driver, target }) => {
      const reply = await driver.call("acquire", { target, handle: "late", options: { timeoutMs: 50 } });
      must(reply.status === "refused" && reply.code === "file_lock_timeout", `it answered ${JSON.stringify(reply)}`);
      return undefined;
    },
  },
  {
    name: "answers others while an acquire waits",
    needs: "basic",
    run: async ({ driver, target }) => {
      const waiting = driver.start(
        "acquire",
        { target, handle: "second", options: { timeoutMs: 20_000 } },
        { timeoutMs: 30_000 },
      );
      await driver.ask("verify", { handle: "first" });
      must(!waiting.settled, "the second acquire did not wait");
      await driver.ask("release", { handle: "first" });
      const reply = await waiting.reply;
      must(reply?.status === "ok", `the waiting acquire answered ${JSON.stringify(reply)}`);
      return undefined;
    },
  },
  {
    name: "releases",
    needs: "basic",
    run: async ({ driver, target }) => {
      await driver.ask("release", { handle: "second" });
      must(!existsSync(`${target}.lock`), "it says that it has released, but the lock is still there");
      return undefined;
    },
  },
  {
    name: "loops without asking",
    needs: "basic",
    run: async ({ driver, target, folder }) => {
      const counter = join(folder, "count");
      const log = join(folder, "log");
      writeFileSync(counter, "0");
      writeFileSync(log, "");
      const { completed } = await driver.ask("loop", { target, counter, log, rounds: 5, holdMs: 1, options: {} });
      must(completed === 5, `it says that it completed ${String(completed)} of 5 rounds`);
      const [finding] = judgeCounter({
        counter: readFileSync(counter, "utf8"),
        log: readFileSync(log, "utf8"),
        completed: 5,
      });
      must(finding === undefined, finding?.message ?? "");
      return undefined;
    },
  },
  {
    name: "inspects",
    needs: "inspect",
    run: async ({ driver, target }) => {
      const { verdict } = await driver.inspect(target);
      must(verdict === "free", `it says that a free lock is ${verdict}`);
      return undefined;
    },
  },
  {
    name: "classifies",
    needs: "classify",
    run: async ({ driver }) => {
      const { content } = await driver.ask("classify", { bytes: "" });
      must(content === "empty", `it says that no bytes are ${String(content)}`);
      return undefined;
    },
  },
  {
    name: "judges",
    needs: "judge",
    run: async ({ driver }) => {
      const { reason } = await driver.ask("judge", { evidence: { object: "directory" }, staleMs: 30_000 });
      must(reason === "not-regular", `it gives a directory the reason ${String(reason)}`);
      return undefined;
    },
  },
  {
    name: "says bye and exits with status 0",
    run: async ({ driver }) => {
      await driver.bye();
      return undefined;
    },
  },
];

/** Tries each step in turn; after a fault the driver is gone, and so are the steps that follow. */
export async function smoke(implementation: ImplementationRef, scale: number): Promise<SmokeResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "lock-smoke-"));
  const results: SmokeResult[] = [];
  const record = (
    step: string,
    outcome: SmokeResult["outcome"],
    message = "",
    stderrTail: readonly string[] = [],
  ): void => {
    results.push({ step, outcome, message, stderrTail });
  };
  const start = (): Promise<RunningDriver> => startDriver("driver", implementation, {}, silentSession(scale), SILENT);
  try {
    const driver = await start();
    const ground = { driver, folder, target: join(folder, "guarded.json") };
    writeFileSync(ground.target, "{}\n");
    for (const { name, needs, run } of STEPS) {
      const declared = needs === undefined || driver.hello.capabilities.includes(needs);
      if (!declared) record(name, "not-applicable", `${needs} is not declared`);
      else if (!driver.alive) record(name, "not-tried");
      else {
        try {
          record(name, "passed", await run(ground));
        } catch (error) {
          record(name, "failed", (error as Error).message, driver.stderrTail);
        }
      }
    }
    driver.channel.child.destroy();
    await (await start()).endInput();
    record("exits at the end of its input", "passed");
  } catch (error) {
    const tail = error instanceof DriverFault ? error.stderrTail : [];
    record(results.length === 0 ? "starts" : "exits at the end of its input", "failed", (error as Error).message, tail);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}
