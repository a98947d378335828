import { inspectFileLock } from "@openclaw/lock-helpers";

/** Tells a `run` inside the command of another one which locks are held around it. */
const VARIABLE = "OPENCLAW_LOCKS_HELD";

interface HeldAround {
  readonly lockPath: string;
  readonly pid: number;
}

/**
 * Whether the `run` around us holds the lock of this target. To wait for it would be to wait for ourselves (WAIT-8).
 * Something that outlives that `run` may still have the variable: what stands in the lock file decides.
 */
export function isHeldAround(target: string, env: NodeJS.ProcessEnv): boolean {
  const around = parse(env[VARIABLE]);
  if (around.length === 0) return false;
  try {
    const { lockPath, verdict, holder } = inspectFileLock(target);
    return verdict === "held" && around.some((held) => held.lockPath === lockPath && held.pid === holder?.pid);
  } catch {
    return false;
  }
}

/** The environment of the command. */
export function withHeld(lockPath: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const held = [...parse(env[VARIABLE]), { lockPath, pid: process.pid }];
  return { ...env, [VARIABLE]: JSON.stringify(held) };
}

function parse(text: string | undefined): HeldAround[] {
  if (!text) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isHeld) : [];
  } catch {
    return [];
  }
}

function isHeld(value: unknown): value is HeldAround {
  const { lockPath, pid } = (value ?? {}) as Partial<HeldAround>;
  return typeof lockPath === "string" && typeof pid === "number";
}
