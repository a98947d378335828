import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { PEER_RELEASES, peerCommand } from "../peers/catalogue.js";
import type { Capability, ImplementationRef } from "./case.js";
import { packageRoot, repositoryRoot } from "./data.js";
import type { Session } from "./driver/driver.js";
import type { Observer } from "./driver/observer.js";
import { startDriver } from "./driver/start.js";

/** An implementation before anybody has asked it anything. */
export interface Known {
  readonly name: string;
  readonly kind: ImplementationRef["kind"];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly generation?: string;
  /** A peer takes part in the mix. */
  readonly mixes: boolean;
  /** Why it cannot run here. */
  readonly missing?: string;
}

/** The same after its hello, or with the reason why there was none. */
export interface Probed extends ImplementationRef {
  readonly mixes: boolean;
  readonly version: string;
  readonly language: string;
  readonly unavailable?: string;
  readonly stderrTail: readonly string[];
}

interface Entry {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The helpers of this repository, where the suite runs inside it. */
export function knownHelpers(): Known[] {
  const entries = JSON.parse(readFileSync(join(packageRoot, "implementations.json"), "utf8")) as Record<string, Entry>;
  const fill = (text: string): string => text.replaceAll("{root}", repositoryRoot);
  return Object.entries(entries).map(([name, { command, env = {} }]) => {
    const argv = command.map((word, index) => (index === 0 && word === "node" ? process.execPath : fill(word)));
    const absent = argv.find((word) => isAbsolute(word) && !existsSync(word));
    return {
      name,
      kind: "helper",
      command: argv,
      env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value)])),
      mixes: true,
      ...(absent === undefined ? {} : { missing: `${absent} is not there: build it first (npm run build)` }),
    };
  });
}

/** OpenClaw's own lock code. */
export function knownPeers(): Known[] {
  return PEER_RELEASES.map((release) => {
    const { name, generation, mixes } = release;
    const command = peerCommand(release);
    const common = { name, kind: "peer", env: {}, generation, mixes } as const;
    return "argv" in command
      ? { ...common, command: command.argv }
      : { ...common, command: [], missing: command.missing };
  });
}

/** Asks an implementation for its capabilities. */
export async function probe(known: Known, scale: number): Promise<Probed> {
  const { mixes, missing, ...rest } = known;
  const nothing = { ...rest, mixes, version: "", language: "", capabilities: new Set<Capability>(), stderrTail: [] };
  if (missing !== undefined) return { ...nothing, unavailable: missing };
  try {
    const driver = await startDriver(known.name, nothing, {}, silentSession(scale), SILENT);
    const { version, language, capabilities } = driver.hello;
    await driver.bye();
    return { ...nothing, version, language, capabilities: new Set(capabilities) };
  } catch (error) {
    const { message, stderrTail = [] } = error as Error & { stderrTail?: readonly string[] };
    return { ...nothing, stderrTail, unavailable: message };
  }
}

const nothing = (): void => {};

export const SILENT: Observer = {
  sending: nothing,
  answered: nothing,
  reached: nothing,
  ending: nothing,
  fault: nothing,
  log: nothing,
};

export const silentSession = (scale: number): Session => ({
  scale,
  check: nothing,
  activity: () => ({ end: nothing }),
  looped: nothing,
  log: nothing,
});
