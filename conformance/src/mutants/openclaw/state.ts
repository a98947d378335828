import type { MutantDefinition } from "../../engine/case.js";
import { NO_SECOND_LOOK } from "../patches.js";

const REFRESH = "src/openclaw/refresh.ts";

export const openclawState: readonly MutantDefinition[] = [
  {
    name: "names-the-lock-as-it-is-spelled",
    history:
      "clawbox #567: a lock that was named after what the user had typed, and excluded nobody who had typed it otherwise",
    case: "state-verdicts",
    check: "paths",
    patches: [
      {
        file: "src/openclaw/refresh-locks.ts",
        find: "const pair = [name.toLowerCase(), profileId] as const;",
        replace: "const pair = [name, profileId] as const;",
      },
    ],
  },
  {
    name: "refreshes-after-the-gateway-has",
    history:
      "#57107, #8405: a script and the gateway refreshed one login in turn, each with a look from before its wait",
    case: "one-post-with-openclaw",
    check: "one-post",
    also: ["everybody-gets-it", "answers-what-is-stored"],
    patches: NO_SECOND_LOOK,
  },
  {
    name: "knows-the-new-lock-name-alone",
    history: "the refresh lock was renamed in 2026.6.6: a helper with one of the names excludes half of the releases",
    case: "openclaw-json",
    check: "both-refresh-locks",
    also: ["sha256-name", "until"],
    patches: [
      {
        file: REFRESH,
        find: "...refreshLockTargets(profile.stateDir, provider, profile.profileId)",
        replace: "refreshLockTargets(profile.stateDir, provider, profile.profileId)[1]",
      },
    ],
  },
  {
    name: "refreshes-the-agents-copy",
    history:
      "#26322: each agent had a copy of main's token, and the first that refreshed its own burned all the others'",
    case: "openclaw-json",
    check: "without-the-profile",
    patches: [
      {
        file: REFRESH,
        find: 'return owner === "agent" ? agentStore : mainStore;',
        replace: 'return owner !== "none" ? agentStore : mainStore;',
      },
    ],
  },
  {
    name: "leaves-files-beside-the-database",
    history:
      "a reader as root left a write-ahead log of its own beside a database, and its owner could not open it any more",
    case: "openclaw-sqlite",
    check: "nothing-made",
    also: ["untouched"],
    patches: [
      {
        file: "src/openclaw/sqlite.ts",
        find: "query(sqlite, path, immutable(path), cell)",
        replace: "query(sqlite, path, path, cell)",
      },
    ],
  },
  {
    name: "takes-a-fence-for-a-token",
    history: "2026.9.5 puts fences in the place of tokens: a reader of an older kind sent one to the provider",
    case: "fences",
    check: "waits",
    patches: [
      {
        file: "src/oauth/fence.ts",
        find: "if (fences.length === 0) return undefined;",
        replace: "if (fences.length >= 0) return undefined;",
      },
    ],
  },
  {
    name: "returns-the-rejected-token-again",
    history: "#13744: a caller whose token was refused was given the same one, since it had not expired",
    case: "wait-for-fresh",
    check: "waits",
    patches: [
      {
        file: "src/openclaw/wait.ts",
        find: "return isUsable(credential) && tokensOf(credential)[1] !== rejected;",
        replace: "return isUsable(credential) || tokensOf(credential)[1] === rejected;",
      },
    ],
  },
  {
    name: "caches-the-gateways-own-login",
    history:
      "#53969: a script copied the gateway's login into a cache of its own, refreshed it there, and burned it for the gateway",
    case: "cache-refuses",
    check: "refuses",
    patches: [
      {
        file: "src/openclaw/cache.ts",
        find: 'if (this.#options.providerDoesNotRotate || refresh === "") return;',
        replace: 'if (this.#options.providerDoesNotRotate || refresh !== "") return;',
      },
    ],
  },
];
