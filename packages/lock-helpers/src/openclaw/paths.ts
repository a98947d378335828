import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { invalidOptionError } from "../messages.js";

/** What the paths depend on. Default: this process's own. */
export interface StateEnvironment {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The system's own home, which is Termux's where that is the system; null: there is none. */
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

/** The state directory, and what made it so. */
export interface StateDir {
  /** Absolute. */
  readonly path: string;
  /** `legacy`: one from before OpenClaw had its name, and no other is there. */
  readonly source: "profile" | "OPENCLAW_STATE_DIR" | "default" | "legacy";
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether a profile can be called so, white space around it ignored (STATE-1). A blank name is none. */
export function isProfileName(name: string): boolean {
  return NAME.test(trimmed(name));
}

/** OpenClaw's state directory (STATE-1), as an absolute path. */
export function resolveStateDir(options: StateOptions = {}): string {
  return locateStateDir(options).path;
}

/**
 * As `resolveStateDir`, and says which source has decided.
 *
 * @throws FileLockError `file_lock_invalid_option` for a profile that cannot be called so.
 */
export function locateStateDir(options: StateOptions = {}): StateDir {
  const { env, exists, homeDir, userPath } = surroundings(options);
  const profile = trimmed(options.profile);
  if (profile) {
    if (!isProfileName(profile))
      throw invalidOptionError(profile, "the profile must be a name of letters, digits, _ and -");
    const name = profile.toLowerCase() === "default" ? ".openclaw" : `.openclaw-${profile}`;
    return { path: join(homeDir(), name), source: "profile" };
  }
  const given = trimmed(env["OPENCLAW_STATE_DIR"]);
  if (given) return { path: userPath(given), source: "OPENCLAW_STATE_DIR" };
  const [now, before] = [join(homeDir(), ".openclaw"), join(homeDir(), ".clawdbot")];
  const isLegacy = exists(before) && !exists(now);
  return isLegacy ? { path: before, source: "legacy" } : { path: now, source: "default" };
}

/** The configuration file that `OPENCLAW_CONFIG_PATH` names; undefined: it is in the state directory. */
export function namedConfigPath(options: StateEnvironment = {}): string | undefined {
  return namedBy("OPENCLAW_CONFIG_PATH", options);
}

/**
 * The main agent's directory that `OPENCLAW_AGENT_DIR` names; undefined: it is in the state directory. Whether a release
 * reads the variable is another matter: `resolveMainAgentDir`.
 */
export function namedAgentDir(options: StateEnvironment = {}): string | undefined {
  return namedBy("OPENCLAW_AGENT_DIR", options);
}

function namedBy(variable: string, options: StateEnvironment): string | undefined {
  const { env, userPath } = surroundings(options);
  const given = trimmed(env[variable]);
  return given ? userPath(given) : undefined;
}

/** Directory of an agent (STATE-2). Default: that of `main`. */
export function resolveAgentDir(agentId?: string, options: AgentOptions = {}): string {
  return join(stateDirOf(options), "agents", normaliseAgentId(agentId), "agent");
}

/** Directory of the store that agents share. */
export function resolveMainAgentDir(options: AgentOptions = {}): string {
  const given = namedAgentDir(options);
  // The releases with a JSON store do not read the variable.
  if (given !== undefined && surroundings(options).exists(join(given, "openclaw-agent.sqlite"))) return given;
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
      homeValue(env["HOME"]) ?? homeValue(env["USERPROFILE"]) ?? homeValue(home === undefined ? systemHome(env) : home);
    const wanted = homeValue(env["OPENCLAW_HOME"]);
    if (wanted === undefined) return absolute(system ?? cwd);
    if (!isUnderTilde(wanted)) return absolute(wanted);
    return absolute(system === undefined ? cwd : system + wanted.slice(1));
  };
  const userPath = (path: string) => absolute(isUnderTilde(path) ? homeDir() + path.slice(1) : path);
  return { env, exists, homeDir, userPath };
}

// On Android the user database knows no home; that of Termux is beside its prefix.
function systemHome(env: NonNullable<StateEnvironment["env"]>): string {
  const prefix = homeValue(env["PREFIX"]);
  const isTermux =
    homeValue(env["ANDROID_DATA"]) !== undefined && /(?:^|\/)com\.termux\/files\/usr\/?$/.test(prefix ?? "");
  return prefix !== undefined && isTermux ? join(prefix, "..", "home") : homedir();
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
