import { join, resolve } from "node:path";

/** What OpenClaw's paths depend on. Everything is handed in, so that the answer can be tested and explained. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory as the operating system knows it. */
  readonly osHome: string;
  readonly cwd: string;
  readonly exists: (path: string) => boolean;
}

/** Where OpenClaw keeps its state, and what made it so. */
export interface StateDir {
  readonly path: string;
  readonly source: "OPENCLAW_STATE_DIR" | "profile" | "default" | "legacy";
}

const STATE_DIR_NAME = ".openclaw";
// Names of OpenClaw before it was called so, the misspelt one included.
const LEGACY_STATE_DIR_NAMES = [".clawdbot", ".moldbot", ".moltbot"];
const PROFILE = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

export function isProfileName(name: string): boolean {
  return PROFILE.test(name);
}

/**
 * The state directory as OpenClaw resolves it: `OPENCLAW_STATE_DIR`; else that of the profile; else `~/.openclaw` if it
 * is there; else one from before the renaming, if there is one; else `~/.openclaw`.
 *
 * @param profile what `--profile` said. The environment's `OPENCLAW_PROFILE` moves nothing: OpenClaw does not read it for this.
 */
export function resolveStateDir(around: Surroundings, profile?: string): StateDir {
  const explicit = fromEnvironment(around, "OPENCLAW_STATE_DIR");
  if (explicit !== undefined) return { path: explicit, source: "OPENCLAW_STATE_DIR" };
  const home = effectiveHome(around);
  if (profile !== undefined) {
    const name = profile.toLowerCase() === "default" ? STATE_DIR_NAME : `${STATE_DIR_NAME}-${profile}`;
    return { path: join(home, name), source: "profile" };
  }
  const current = join(home, STATE_DIR_NAME);
  if (around.exists(current)) return { path: current, source: "default" };
  const legacy = LEGACY_STATE_DIR_NAMES.map((name) => join(home, name)).find(around.exists);
  return legacy === undefined ? { path: current, source: "default" } : { path: legacy, source: "legacy" };
}

/** The configuration file that the environment names; undefined where it is in the state directory. */
export function configPathOf(around: Surroundings): string | undefined {
  return fromEnvironment(around, "OPENCLAW_CONFIG_PATH");
}

/** The main agent's directory that the environment names; undefined where it is in the state directory. */
export function agentDirOf(around: Surroundings): string | undefined {
  return fromEnvironment(around, "OPENCLAW_AGENT_DIR");
}

/** `OPENCLAW_HOME`, or the user's home directory. */
export function effectiveHome(around: Surroundings): string {
  const osHome = userHome(around);
  const explicit = set(around.env["OPENCLAW_HOME"]);
  return resolve(around.cwd, explicit === undefined ? osHome : expandTilde(explicit, osHome));
}

function userHome({ env, osHome, cwd }: Surroundings): string {
  return set(env["HOME"]) ?? set(env["USERPROFILE"]) ?? termuxHome(env) ?? set(osHome) ?? cwd;
}

function termuxHome(env: Surroundings["env"]): string | undefined {
  const prefix = set(env["PREFIX"]);
  if (prefix === undefined || set(env["ANDROID_DATA"]) === undefined) return undefined;
  return /(?:^|\/)com\.termux\/files\/usr\/?$/.test(prefix) ? resolve(prefix, "..", "home") : undefined;
}

function fromEnvironment(around: Surroundings, name: string): string | undefined {
  const value = around.env[name]?.trim();
  return value ? resolve(around.cwd, expandTilde(value, effectiveHome(around))) : undefined;
}

/** Shells and service managers that interpolate what is not there leave these words. */
function set(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return !trimmed || trimmed === "undefined" || trimmed === "null" ? undefined : trimmed;
}

function expandTilde(path: string, home: string): string {
  return path.replace(/^~(?=$|[\\/])/, () => home);
}
