import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import type { CaseContext, Driver, ImplementationRef, SpawnOptions } from "../../engine/case.js";
import { commandOf } from "./machine.js";
import { helpers } from "./team.js";

const PID_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child"];
const OWN_PROC = [...PID_NAMESPACE, "--mount-proc"];

// A shell that stays: what it starts is never its last command.
const INIT = ["sh", "-c", '"$@"; exit $?', "sh"];

/** As a container runs a program: as the first process of a PID namespace that has its own `/proc`. */
export const CONTAINER: SpawnOptions = { wrapper: OWN_PROC };

/** The same behind an init: the kernel lets no first process stop or kill itself. */
export const CONTAINER_WITH_INIT: SpawnOptions = { wrapper: [...OWN_PROC, ...INIT] };

/** In the namespaces of another process. */
export const beside = (osPid: number, ...kinds: readonly string[]): SpawnOptions => ({
  wrapper: ["nsenter", "--target", String(osPid), ...kinds.map((kind) => `--${kind}`), "--"],
});

/** Another user, who may read this installation wherever it lies, and nothing more. */
export const OTHER_USER = 65_534;
const CAPABILITY = "+dac_read_search";
export const AS_OTHER_USER: readonly string[] = [
  "setpriv",
  `--reuid=${OTHER_USER}`,
  `--regid=${OTHER_USER}`,
  "--clear-groups",
  `--inh-caps=${CAPABILITY}`,
  `--ambient-caps=${CAPABILITY}`,
  "--",
];

/** One wrapper inside the other, the outermost first. */
export const wrapped = (...layers: readonly (SpawnOptions | readonly string[])[]): SpawnOptions => ({
  wrapper: layers.flatMap((layer) => (isWords(layer) ? layer : (layer.wrapper ?? []))),
});

const isWords = (layer: SpawnOptions | readonly string[]): layer is readonly string[] => Array.isArray(layer);

/** Every ordered pair of languages; of one alone, itself and itself. */
export function orderedPairs(context: CaseContext): (readonly [ImplementationRef, ImplementationRef])[] {
  const ours = helpers(context);
  const [only] = ours;
  if (ours.length === 1) return [[only!, only!]];
  return ours.flatMap((first) => ours.filter((second) => second !== first).map((second) => [first, second] as const));
}

/** A container's first process. */
export async function firstIn(context: CaseContext, implementation: ImplementationRef): Promise<Driver> {
  const driver = await context.spawn(implementation, CONTAINER);
  context.require("is-pid-1", driver.pid === 1, () => `${driver.name} is ${driver.pid} in its namespace`);
  return driver;
}

export interface Container {
  /** Starts a program inside, beside the first process. */
  readonly enter: SpawnOptions;
  /** Ends it with all that is inside. */
  end(): Promise<void>;
}

export interface FirstProcess {
  /** A file that it has open. */
  readonly open?: string;
  /** Which `/proc` is seen inside. Default: its own. */
  readonly proc?: "own" | "outer";
}

/** A PID namespace whose first process sleeps. */
export async function firstProcess(
  context: CaseContext,
  { open, proc = "own" }: FirstProcess = {},
): Promise<Container> {
  const descriptor = open === undefined ? undefined : openSync(open, "r");
  const [program = "", ...args] = proc === "own" ? OWN_PROC : PID_NAMESPACE;
  const child = spawn(program, [...args, "sleep", "36000"], { stdio: [descriptor ?? "ignore", "ignore", "ignore"] });
  if (descriptor !== undefined) closeSync(descriptor);
  const exited = once(child, "exit");
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  context.cleanup(end);
  await once(child, "spawn");
  let inner: number | undefined;
  await context.until("the first process of the namespace sleeps", () => {
    inner = childrenOf(child.pid!).find((pid) => commandOf(pid) === "sleep");
    return inner !== undefined;
  });
  return { enter: beside(inner!, "pid", "mount"), end };
}

function childrenOf(parent: number): number[] {
  return readdirSync(`/proc/${parent}/task`).flatMap((task) =>
    readFileSync(`/proc/${parent}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}
