import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

export const dist = (path: string): string => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));

/** Imports both copies of the library, as `esm` and as `cjs`. */
export const BOTH = `
  import { createRequire } from "node:module";
  import * as esm from ${JSON.stringify(new URL("../dist/esm/index.js", import.meta.url).href)};
  const cjs = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(dist("cjs/index.js"))});
`;

export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints, undefined at its end. */
  line(): Promise<string | undefined>;
  /** Kills it, and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
});

/** Starts a Node process that runs the script, under a command such as `unshare` if one is given. */
export function start(script: string, under: readonly string[] = []): Child {
  if (!existsSync(dist("esm/index.js"))) throw new Error("run `npm run build` first");
  const [command, ...rest] = [...under, process.execPath, "--input-type=module", "-e", script];
  const made = spawn(command!, rest, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: made.stdout! })[Symbol.asyncIterator]();
  const ended = once(made, "exit");
  const child: Child = {
    process: made,
    line: async () => (await lines.next()).value as string | undefined,
    kill: async (signal = "SIGKILL") => {
      if (made.exitCode === null && made.signalCode === null) made.kill(signal);
      await ended;
    },
  };
  children.push(child);
  return child;
}

/** A process that holds the lock until it is killed, and has said so. */
export async function startHolder(target: string, options: object, under: readonly string[] = []): Promise<Child> {
  const child = start(
    `${BOTH}
    await esm.acquireFileLock(${JSON.stringify(target)}, ${JSON.stringify(options)});
    console.log("held");
    setInterval(() => {}, 1000);`,
    under,
  );
  if ((await child.line()) !== "held") throw new Error("the holder did not get the lock");
  return child;
}
