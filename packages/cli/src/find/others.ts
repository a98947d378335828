/** A lock file that is not one of this contract: shown as what it is, never judged, never removed. */
export interface Other {
  readonly what: "gateway" | "session" | "git" | "clobber" | "recovery" | "lifecycle" | "dependencies";
  /** Whose it is, as the beginning of a sentence. */
  readonly description: string;
}

const OTHERS: readonly (Other & { readonly name: RegExp })[] = [
  { what: "gateway", name: /^gateway\.(?:state|[0-9a-f]{6,64})\.lock$/, description: "The gateway's own lock" },
  { what: "session", name: /^(?:.*\.jsonl|sessions\.json)\.lock$/s, description: "A session lock of OpenClaw's" },
  { what: "clobber", name: /\.clobber\.lock$/, description: "OpenClaw's lock for saving an overwritten configuration" },
  { what: "recovery", name: /^recovery\.lock$/, description: "OpenClaw's lock for a recovery" },
  { what: "lifecycle", name: /^\.openclaw-lifecycle-lock$/, description: "OpenClaw's lock for an update of itself" },
  { what: "git", name: /^index\.lock$/, description: "Git's lock" },
];

/** Which of the locks with rules of their own this is; undefined: none, so it is a sidecar. */
export function otherLock(name: string, directoryName: string): Other | undefined {
  if (directoryName === ".git" && name.endsWith(".lock")) return OTHERS.find(({ what }) => what === "git");
  return OTHERS.find((other) => other.name.test(name));
}

// What package managers call `<something>.lock` is content, not a lock. Only where the content does not say otherwise.
const DEPENDENCIES =
  /^(?:yarn|bun|deno|Cargo|Gemfile|Podfile|Pipfile|Berksfile|Puppetfile|Chart|composer|poetry|pdm|uv|pixi|conan|flake|devbox|mix|rebar|pubspec|shard|renv|buf|paket|packages)\.lock$/;

export function dependencyLock(name: string): Other | undefined {
  return DEPENDENCIES.test(name)
    ? { what: "dependencies", description: "A package manager's list of versions" }
    : undefined;
}
