import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { invalidOptionError } from "../messages.js";

/** What the paths depend on. Default: this process's own. */
export interface StateEnvironment {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The system's own home; null: there is none. */
  readonly home?: string | null | undefined;
  readonly cwd?: string | undefined;
  readonly exists?: ((path: string) => boolean) | undefined;
}

export interface StateOptions extends StateEnvironment {
  /** Name of an OpenClaw profile, which wins over `OPENCLAW_STATE_DIR`. */
  readonly profile?: string | undefined;
}

export interface AgentOptions extends StateOptions {
  /** Default: `resolveStateDir`. */
  readonly stateDir?: string | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** OpenClaw's state directory (STATE-1), as an absolute path. */
export function resolveStateDir(options: StateOptions = {}): string {
  const { env, exists, homeDir, userPath } = surroundings(options);
  const profile = trimmed(options.profile);
  if (profile) {
    if (!NAME.test(profile))
      throw invalidOptionError(profile, "the profile must be a name of letters, digits, _ and -");
    return join(homeDir(), profile.toLowerCase() === "default" ? ".openclaw" : `.openclaw-${profile}`);
  }
  const given = trimmed(env["OPENCLAW_STATE_DIR"]);
  if (given) return userPath(given);
  const [now, before] = [join(homeDir(), ".openclaw"), join(homeDir(), ".clawdbot")];
  return exists(before) && !exists(now) ? before : now;
}

/** Directory of an agent (STATE-2). Default: that of `main`. */
export function resolveAgentDir(agentId?: string, options: AgentOptions = {}): string {
  return join(stateDirOf(options), "agents", normaliseAgentId(agentId), "agent");
}

/** Directory of the store that agents share. */
export function resolveMainAgentDir(options: AgentOptions = {}): string {
  const { env, exists, userPath } = surroundings(options);
  const given = trimmed(env["OPENCLAW_AGENT_DIR"]);
  // The releases with a JSON store do not read the variable.
  if (given && exists(join(userPath(given), "openclaw-agent.sqlite"))) return userPath(given);
  return resolveAgentDir("main", options);
}

export function stateDirOf(options: AgentOptions): string {
  return options.stateDir === undefined ? resolveStateDir(options) : resolve(options.stateDir);
}

function normaliseAgentId(given: string | undefined): string {
  const id = trimmed(given);
  if (NAME.test(id)) return id.toLowerCase();
  const plain = id.toLowerCase().replace(/[^a-z0-9_-]+/g, "-");
  return plain.replace(/^-+|-+$/g, "").slice(0, 64) || "main";
}

function surroundings({ env = process.env, home, cwd = process.cwd(), exists = existsSync }: StateEnvironment) {
  const absolute = (path: string) => resolve(cwd, path);
  const homeDir = () => {
    const system =
      homeValue(env["HOME"]) ?? homeValue(env["USERPROFILE"]) ?? homeValue(home === undefined ? homedir() : home);
    const wanted = homeValue(env["OPENCLAW_HOME"]);
    if (wanted === undefined) return absolute(system ?? cwd);
    if (!isUnderTilde(wanted)) return absolute(wanted);
    return absolute(system === undefined ? cwd : system + wanted.slice(1));
  };
  const userPath = (path: string) => absolute(isUnderTilde(path) ? homeDir() + path.slice(1) : path);
  return { env, exists, homeDir, userPath };
}

function homeValue(value: string | null | undefined): string | undefined {
  const given = trimmed(value);
  return given === "" || given === "undefined" || given === "null" ? undefined : given;
}

function isUnderTilde(path: string): boolean {
  return path === "~" || path.startsWith("~/") || path.startsWith("~\\");
}

function trimmed(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
