import type { MutantDefinition } from "../../engine/case.js";
import { TAKEN_OVER } from "../consequences.js";

const IDENTITY = "src/identity.ts";
const SIDECAR = "src/sidecar.ts";
const OWN_STAT = 'starttime: readable(() => startTimeOf(readText("/proc/self/stat"))),';

export const writing: readonly MutantDefinition[] = [
  {
    name: "closes-its-descriptor",
    history: "helpers that write and close: a lock without start time then has no proof of life left",
    case: "descriptor-kept",
    check: "open-while-held",
    patches: [{ file: SIDECAR, find: "if (!IS_WINDOWS) return { path, bytes, token, owned, fd };", replace: "" }],
  },
  {
    name: "start-time-in-milliseconds",
    history: "OpenClaw #74361: a start time in another unit, so that every reader found a recycled pid",
    case: "payload-compatible",
    check: "says-starttime",
    also: [
      ...TAKEN_OVER,
      "waited-for-by-fs-safe-0.4.1",
      "waited-for-by-fs-safe-0.18.1",
      "waited-for-by-fs-safe-0.21.0",
    ],
    patches: [
      {
        file: IDENTITY,
        find: OWN_STAT,
        replace: OWN_STAT.replace(
          'startTimeOf(readText("/proc/self/stat"))',
          '(startTimeOf(readText("/proc/self/stat")) ?? 0) * 10',
        ),
      },
    ],
  },
  {
    name: "one-token-for-the-process",
    history: "locks told apart by pid: two publications of one process had the same bytes",
    case: "payload-compatible",
    check: "new-token",
    patches: [
      {
        file: "src/paths.ts",
        find: 'return randomBytes(16).toString("hex");',
        replace: 'return process.pid.toString(16).padStart(32, "0");',
      },
    ],
  },
  {
    name: "looks-itself-up-by-number",
    history: "gbrain #2840: in a namespace that shows another one's /proc the own number is somebody else's",
    case: "own-identity-in-namespace",
    check: "own-start",
    patches: [
      { file: IDENTITY, find: OWN_STAT, replace: OWN_STAT.replace('"/proc/self/stat"', `\`/proc/\${pid}/stat\``) },
    ],
  },
  {
    name: "private-lock",
    history: "Extra-Chill/data-machine #3512: a lock of mode 0600, of which other users could not even say who held it",
    case: "fresh-directory-mode",
    check: "lock-mode",
    patches: [{ file: SIDECAR, find: "fchmodSync(fd, 0o444);", replace: "fchmodSync(fd, 0o600);" }],
  },
  {
    name: "public-parent",
    history: "Geocodio/yak #16: state directories made with the default mode",
    case: "fresh-directory-mode",
    check: "parent-mode",
    patches: [{ file: "src/paths.ts", find: "{ recursive: true, mode: 0o700 }", replace: "{ recursive: true }" }],
  },
  {
    name: "sweeps-by-prefix",
    history: "OpenClaw #26579, AgentTeams #267: clean-up scripts that remove whatever looks like a lock",
    case: "sweep-candidates",
    check: "others-kept",
    patches: [
      {
        file: "src/paths.ts",
        find: "return CANDIDATE.test(name);",
        replace: 'return CANDIDATE.test(name) || name.startsWith(".openclaw-lock-");',
      },
    ],
  },
  {
    name: "never-sweeps",
    history: "write-and-link lockers whose killed writers filled the directory over months",
    case: "sweep-candidates",
    check: "old-swept",
    also: ["old-marker-swept"],
    patches: [
      {
        file: "src/sweep.ts",
        find: "for (const name of findLeftovers(directory, names, clock)) unlinkIfThere(join(directory, name));",
        replace: "void findLeftovers;",
      },
    ],
  },
  {
    name: "leaves-its-candidate",
    history: "llxprt-code #2646, tbd #207: a full disk left the file that could not be written",
    case: "no-space",
    check: "nothing-left",
    also: ["released"],
    patches: [{ file: SIDECAR, find: "    discard(candidate);", replace: "    disown(candidate);" }],
  },
];
