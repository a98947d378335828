import type { MutantDefinition } from "../../engine/case.js";
import { SILENCE_IS_DEATH } from "../patches.js";

const PAYLOAD = "src/payload.ts";
const LOCK = "src/lock.ts";

export const verdicts: readonly MutantDefinition[] = [
  {
    name: "table-with-an-expiry",
    history: "OpenClaw #135051: a ten-minute expiry of live holders, withdrawn",
    case: "judged-verdicts",
    check: "judged",
    patches: SILENCE_IS_DEATH,
  },
  {
    name: "leader-gone-is-dead",
    history: "state Z of a process whose first thread has ended while the others work on",
    case: "observed-verdicts",
    check: "observed",
    patches: [
      {
        file: "src/proc.ts",
        find: "return status.threads !== undefined && status.threads <= 1;",
        replace: "return true;",
      },
    ],
  },
  {
    name: "pid-in-quotes-is-a-pid",
    history: "filelock #534: loose parsing, and each language was loose in another way",
    case: "payload-verdicts",
    check: "classified",
    patches: [
      {
        file: PAYLOAD,
        find: 'pid: integerWithin(own("pid"), 1, MAX_PID),',
        replace: 'pid: integerWithin(Number(own("pid")), 1, MAX_PID),',
      },
    ],
  },
  {
    name: "keys-in-any-case",
    history: "Go's encoding/json: pID, which cross-process-lock writes, was read as pid",
    case: "foreign-lockers",
    check: "cross-process-lock",
    patches: [
      {
        file: PAYLOAD,
        find: "(Object.hasOwn(record, key) ? record[key] : undefined);",
        replace: "Object.entries(record).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];",
      },
    ],
  },
  {
    name: "drops-the-byte-order-mark",
    history: "decoders that drop a byte-order mark unasked, so that one language owns what another cannot read",
    case: "foreign-lockers",
    check: "byte-order-mark",
    patches: [
      {
        file: PAYLOAD,
        find: 'Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");',
        replace: "new TextDecoder().decode(bytes);",
      },
    ],
  },
  {
    name: "ownerless-by-date-alone",
    history: "mulmoclaude #2690: the writer's clock alone decided about a lock that was touched a moment ago",
    case: "ownerless",
    check: "young-kept",
    patches: [
      {
        file: "src/verdict.ts",
        find: "isOwnerless(e) && hasExpired(e, policy) && isQuiet(e, policy),",
        replace: "isOwnerless(e) && hasExpired(e, policy),",
      },
    ],
  },
  {
    name: "inspection-cleans-up",
    history: "OpenClaw #112854, #76823: a doctor that removed what it was asked to look at",
    case: "inspect-tells",
    check: "stale-untouched",
    patches: [
      {
        file: LOCK,
        find: "import { acquireSteps }",
        replace: 'import { rmSync } from "node:fs";\nimport { acquireSteps }',
      },
      {
        file: LOCK,
        find: "const { judgement } = finding;",
        replace: 'const { judgement } = finding;\n  if (judgement.verdict === "stale") rmSync(lockPath);',
      },
    ],
  },
];
