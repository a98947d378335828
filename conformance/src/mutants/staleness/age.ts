import type { MutantDefinition } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER } from "../consequences.js";
import { AGE_IS_DEATH, SILENCE_IS_DEATH } from "../patches.js";

export const age: readonly MutantDefinition[] = [
  {
    name: "steals-by-age",
    history: "OpenClaw up to 2026.5.7, filelock #486, libvcs #501: a slow holder was robbed while it worked",
    case: "old-live-owner",
    check: "helper-lock",
    patches: AGE_IS_DEATH,
  },
  {
    name: "steals-by-silence",
    history: "proper-lockfile: a holder that was suspended for longer than its heartbeat lost its lock",
    case: "stopped-owner",
    check: "kept",
    also: TAKEN_OVER,
    patches: SILENCE_IS_DEATH,
  },
  {
    name: "future-is-long-ago",
    history: "proper-lockfile #109, claude-code #95739: a clock that was set back made ages meaningless",
    case: "future-dates",
    check: "unwatched-kept",
    patches: [
      {
        file: "src/subject.ts",
        find: "return age >= 0 ? age : watchedMs;",
        replace: "return Math.abs(age) + watchedMs * 0;",
      },
    ],
  },
  {
    name: "refuses-later-protocols",
    history: "readers that wait for ever for a version which they do not know",
    case: "future-protocol",
    check: "dead-taken",
    also: NOBODY_HELD,
    patches: [
      {
        file: "src/payload.ts",
        find: 'if (typeof value !== "object" || value === null || Array.isArray(value)) return',
        replace:
          'if (typeof value !== "object" || value === null || Array.isArray(value) || (value as { protocol?: number }).protocol === 2) return',
      },
    ],
  },
];
