import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

type Message = Record<string, unknown> & { readonly error?: Record<string, unknown> };

/** A process of its own that carries out what the conformance suite could ask of it. */
export interface Driver {
  readonly process: ChildProcess;
  /** The reply. Undefined: it died first. */
  ask(verb: string, fields?: object): Promise<Message | undefined>;
  /** Resolves when it is about to stop, or be killed, at an armed point. */
  reached(): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Everything that it has written, on both outputs. */
  readonly output: () => string;
}

const running = new Set<Driver>();

afterEach(async () => {
  for (const driver of running) {
    driver.process.kill("SIGKILL");
    await driver.ended;
  }
  running.clear();
});

export function startDriver(under: readonly string[] = []): Driver {
  const program = fileURLToPath(new URL("../dist-driver/main.js", import.meta.url));
  if (!existsSync(program)) throw new Error("run `npm run build` first");
  const [command, ...rest] = [...under, process.execPath, program];
  const made = spawn(command!, rest, { stdio: ["pipe", "pipe", "pipe"] });
  const replies = new EventEmitter().setMaxListeners(0);
  let output = "";
  let id = 0;
  let points = 0;
  createInterface({ input: made.stdout }).on("line", (line) => {
    output += `${line}\n`;
    const message = JSON.parse(line) as Message;
    if (message["event"] === "point") points++;
    replies.emit(message["event"] === "point" ? "point" : `reply-${message["id"]}`, message);
  });
  made.stderr.on("data", (chunk) => {
    output += String(chunk);
  });
  made.stdin.on("error", () => {});
  const ended = once(made, "exit").then(([code, signal]) => (signal ?? code) as number | string);
  const driver: Driver = {
    process: made,
    ended,
    output: () => output,
    ask: async (verb, fields = {}) => {
      const reply = once(replies, `reply-${++id}`).then(([message]) => message as Message);
      made.stdin.write(`${JSON.stringify({ id, verb, ...fields })}\n`);
      return Promise.race([reply, ended.then(() => undefined)]);
    },
    reached: async () => {
      if (points === 0) await once(replies, "point");
      points = 0;
    },
  };
  running.add(driver);
  return driver;
}
