import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TWO_HOLDERS } from "../consequences.js";

const ATTEMPT = "src/attempt.ts";
const GUARD = "src/guard.ts";
const TAKES = "const got = this.calling(lock.path, () => reclaim(this, lock));";

export const reclaim: readonly MutantDefinition[] = [
  {
    name: "no-reclaim-without-time",
    history:
      "openhuman #2072, #2321: the last retry was spent on finding the owner dead, and none was left to take over",
    case: "dead-owner",
    check: "taken",
    also: NOBODY_HELD,
    patches: [
      {
        file: ATTEMPT,
        find: TAKES,
        replace: `if (this.settings.timeoutMs === 0) return { kind: "wait", obstacle: lock };\n    ${TAKES}`,
      },
    ],
  },
  {
    name: "never-drops-its-guard",
    history: "fs-safe #44, gajae-code #5474: the reclaimer's own guard stayed, and nobody could ever lock again",
    case: "dead-owner",
    check: "taken-no-guard",
    patches: [{ file: GUARD, find: 'drop(guard, () => point("reclaim:unguarding"));', replace: "forget(guard);" }],
  },
  {
    name: "removes-although-forbidden",
    history: "OpenClaw #111753: a policy of keeping stale locks that one path ignored",
    case: "stale-reported",
    check: "reported",
    patches: [
      {
        file: ATTEMPT,
        find: "if (!this.settings.reclaim) throw staleError(this.call, lock, this.system);",
        replace: "",
      },
    ],
  },
  {
    name: "beaten-is-an-error",
    history: "OpenClaw #87537: under a fast hand-over one spawn in five failed on somebody else's lock",
    case: "handover-storm",
    check: "loop-refused",
    also: NOBODY_HELD,
    patches: [
      {
        file: "src/sidecar.ts",
        find: 'if (errno === "EEXIST" || errno === "ENOENT") return undefined;',
        replace: 'if (errno === "ENOENT") return undefined;',
      },
    ],
  },
  {
    name: "unlinks-after-a-check",
    history: "fs-safe #35, vscode #329066: check, then unlink by name, with nothing that keeps the others out",
    case: "reclaim-race",
    check: "release-refused",
    also: [...TWO_HOLDERS, "nothing-left", "somebody-got-it"],
    patches: [
      {
        file: GUARD,
        find: "const guard = publishOwn(scene, scene.paths.guardPath);",
        replace: `const guard = publishOwn(scene, \`\${scene.paths.guardPath}.\${process.getBuiltinModule("node:crypto").randomBytes(8).toString("hex")}\`);`,
      },
    ],
  },
];
