import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER, TWO_HOLDERS } from "../consequences.js";
import { ALWAYS_TRUSTS_PIDS, ONE_NAMESPACE_FOR_ALL, REFUSAL_SAYS_NOTHING, SILENCE_BEATS_LIFE } from "../patches.js";

const VERDICT = "src/verdict.ts";
const ASK = "src/ask-witness.ts";

/** Who lives in another container, and who does not. */
export const life: readonly MutantDefinition[] = [
  {
    name: "every-container-has-one-pid-1",
    history:
      "gbrain #2840, Dishylink #48: two containers on one volume, each of which took the other's pid 1 for itself",
    case: "two-live-pid1",
    check: "witness-running",
    also: [...TAKEN_OVER, "no-witness-running"],
    patches: ONE_NAMESPACE_FOR_ALL,
  },
  {
    name: "silence-beats-a-living-witness",
    history: "OREOCHAIN #18, proper-lockfile: a container that was paused lost its lock to a heartbeat",
    case: "two-live-pid1",
    check: "no-witness-stopped",
    also: [...TAKEN_OVER, "witness-stopped"],
    patches: SILENCE_BEATS_LIFE,
  },
  {
    name: "waits-for-the-killed",
    history: "OpenClaw #74346, #75028: the lock of a container that was gone was waited out, for minutes each time",
    case: "killed-in-a-container",
    check: "container-to-container-single-try",
    also: NOBODY_HELD,
    patches: REFUSAL_SAYS_NOTHING,
  },
  {
    name: "no-witness-in-containers",
    history: "a heartbeat alone: whoever is killed in a container is missed only when its silence is long enough",
    case: "witness-policy",
    check: "container",
    also: ["container-auto"],
    patches: [
      {
        file: "src/witness.ts",
        find: 'return process.platform === "linux" && !isInitialNamespace(self);',
        replace: "return self.pid < 0 && isInitialNamespace(self);",
      },
    ],
  },
  {
    name: "takes-its-ghost-unwatched",
    history: "OpenClaw 2026.9.6: in a container, whatever pid is not the own one counts as dead at once",
    case: "restart-same-pid",
    check: "silent-watched",
    patches: ALWAYS_TRUSTS_PIDS,
  },
  {
    name: "host-name-decides",
    history: "filelock #553, OREOCHAIN #18: two containers of one name took each other for one machine",
    case: "same-hostname",
    check: "same-name",
    also: TAKEN_OVER,
    patches: [
      {
        file: "src/observe.ts",
        find: 'domain: () => (owner ? compareDomain(owner, system) : "unknown"),',
        replace: `domain: () => {
      if (!owner) return "unknown";
      const host = process.getBuiltinModule("node:os").hostname();
      return JSON.parse(Buffer.from(observed.bytes!).toString()).host === host ? "same" : compareDomain(owner, system);
    },`,
      },
    ],
  },
  {
    name: "refused-anywhere-is-death",
    history: "sockets as proof of life, without a thought of overlays: through the upper directory the living refuse",
    case: "overlay-mounts",
    check: "below-kept",
    also: TAKEN_OVER,
    patches: [
      {
        file: VERDICT,
        find: 'e.witness === "refused" && e.boot === "equal" && e.mount === "equal"',
        replace: 'e.witness === "refused" && e.boot === "equal"',
      },
    ],
  },
  {
    name: "rootless-dead-are-waited-for",
    history: "containers of users: the host's dead are not to be seen from within, and were waited for",
    case: "user-namespace",
    check: "held-outside-taken",
    also: [...NOBODY_HELD, "held-beside-taken"],
    patches: REFUSAL_SAYS_NOTHING,
  },
  {
    name: "full-backlog-is-death",
    history: "health checks over sockets: a server that is busy or stopped and takes no more was replaced",
    case: "witness-backlog",
    check: "kept",
    also: TAKEN_OVER,
    patches: [
      {
        file: ASK,
        find: 'return errno === "ECONNREFUSED" ? "refused" : "unknown";',
        replace: 'return errno === "ECONNREFUSED" || errno === "EAGAIN" ? "refused" : "unknown";',
      },
      {
        file: ASK,
        find: 'if (errno === undefined || errno === "EAGAIN") return "answers";',
        replace: 'if (errno === undefined) return "answers";',
      },
    ],
  },
  {
    name: "absence-beats-a-witness",
    history: "a search of /proc that came first: whom it did not find was dead, whatever answered at the socket",
    case: "witness-inherited",
    check: "host-fork-waited-for",
    patches: [
      {
        file: VERDICT,
        find: '[(e) => e.witness === "answers", "held"',
        replace: '[(e) => e.witness === "answers" && e.search !== "nobody", "held"',
      },
    ],
  },
  {
    name: "crowd-without-namespaces",
    history:
      "gbrain #2840 (p0), OREOCHAIN #18: containers that shared a volume, each judging the others' pids by its own",
    case: "containers-under-stress",
    check: "loop-refused",
    also: [...TWO_HOLDERS, "bytes/torn", "sweep-answers"],
    patches: ONE_NAMESPACE_FOR_ALL,
  },
];
