import type { MutantDefinition, Patch } from "../../engine/case.js";
import { NOBODY_HELD, TAKEN_OVER } from "../consequences.js";
import { MAY_BREAK } from "../patches.js";

const ASK = "src/ask-witness.ts";
const CONTENDER = "src/contender.ts";
const WITNESS = "src/witness.ts";

const answer = (replace: string): Patch => ({
  file: ASK,
  find: 'return errno === "ECONNREFUSED" ? "refused" : "unknown";',
  replace,
});

/** It has its final name from the beginning. */
const NO_TEMPORARY_NAME: readonly Patch[] = [
  {
    file: WITNESS,
    find: "const server = listen(directory, unfinished);",
    replace: "const server = listen(directory, name);",
  },
  {
    file: WITNESS,
    find: "let path = join(directory, unfinished);",
    replace: "let path = join(directory, name || unfinished);",
  },
];

const POINTS = [
  "reclaim:guarded",
  "reclaim:rejudged",
  "reclaim:unlinked",
  "reclaim:published",
  "reclaim:unguarding",
  "break:marked",
  "break:compared",
];

const atEveryPoint = (...checks: readonly string[]): string[] =>
  checks.flatMap((check) => POINTS.map((point) => `${check}-${point}`));

/** How a witness is made, shared and given up. */
export const witness: readonly MutantDefinition[] = [
  {
    name: "guards-without-a-witness",
    history:
      "fs-safe #44 in containers: whoever was killed while it reclaimed left a guard that nobody else could judge",
    case: "guards-across-containers",
    check: "taken-after-reclaim:guarded",
    also: NOBODY_HELD,
    patches: [
      {
        file: CONTENDER,
        find: "const witness = this.#witness();",
        replace: "const witness = details ? this.#witness() : undefined;",
      },
    ],
  },
  {
    name: "breaks-a-neighbour-s-old-guard",
    history:
      "claude-code-plugins #3664: a guard of another container was broken for its age, with its reclaimer at work",
    case: "guards-across-containers",
    check: "kept-at-reclaim:guarded",
    also: [...TAKEN_OVER, ...atEveryPoint("taken-after", "kept-at", "guard-kept-at", "lock-kept-at", "goes-on-from")],
    patches: [
      {
        file: "src/guard.ts",
        find: MAY_BREAK,
        replace: `${MAY_BREAK.replace(";", "")} || finding.quietMs() >= 30_000;`,
      },
    ],
  },
  {
    name: "named-before-it-listens",
    history: "sockets that are bound under their own name: between bind and listen the living refuse",
    case: "witness-order",
    check: "temporary-name",
    also: NOBODY_HELD,
    patches: NO_TEMPORARY_NAME,
  },
  {
    name: "published-before-its-witness",
    history: "proofs of life that are made when there is time: for a moment the living have none",
    case: "witness-order",
    check: "nothing-published",
    also: ["bytes/witness", "nobody-waits-for-the-unnamed"],
    patches: [
      {
        file: WITNESS,
        find: "const made = make(directory);",
        replace: `const names = newWitnessNames();
  const server = { listening: false, close() {} } as unknown as Server;
  const made: Witness = { directory, name: names.name, dev: 0n, ino: 0n, server, uses: 0 };
  setImmediate(() => {
    try {
      Object.assign(made, makeOnce(directory, names), { uses: made.uses });
    } catch {
      make.toString();
    }
  });`,
      },
      {
        file: WITNESS,
        find: "function makeOnce(directory: string): Witness {",
        replace: "function makeOnce(directory: string, given?: ReturnType<typeof newWitnessNames>): Witness {",
      },
      {
        file: WITNESS,
        find: "const { name, unfinished } = newWitnessNames();",
        replace: "const { name, unfinished } = given ?? newWitnessNames();",
      },
    ],
  },
  {
    name: "closed-at-the-first-release",
    history: "one resource for several locks, and no count of who needs it still",
    case: "witness-shared",
    check: "open-for-the-other",
    also: [...TAKEN_OVER, "other-kept", "bytes/witness"],
    patches: [
      {
        file: WITNESS,
        find: "if (--witness.uses > 0) return;",
        replace:
          "if (--witness.uses > 0) {\n    witnesses.delete(witness.directory);\n    close(witness);\n    return;\n  }",
      },
    ],
  },
  {
    name: "names-what-a-cleaner-took",
    history:
      "OpenClaw #13203: clean-up scripts in containers, and programs that do not look whether their file is still there",
    case: "witness-shared",
    check: "made-anew",
    also: ["new-one-answers", "not-the-impostor", "bytes/witness"],
    patches: [
      {
        file: WITNESS,
        find: "return server.listening && there !== undefined && there.dev === dev && there.ino === ino;",
        replace: "return server.listening || there?.dev === dev || ino === undefined;",
      },
    ],
  },
  {
    name: "keeps-every-witness",
    history: "a descriptor for each directory that a process ever locked in",
    case: "witness-shared",
    check: "idle-bounded",
    patches: [
      {
        file: WITNESS,
        find: "if (witnesses.size <= IDLE_WITNESSES) return;",
        replace: "if (IDLE_WITNESSES > 0) return;",
      },
    ],
  },
  {
    name: "witness-by-umask",
    history: "data-machine #3512: a file of root's that another user could not even ask",
    case: "witness-and-users",
    check: "root-holds-mode",
    also: [...NOBODY_HELD, "root-holds-taken", "other-holds-mode", "other-holds-taken"],
    patches: [{ file: WITNESS, find: "chmodSync(path, 0o666);", replace: "void chmodSync;" }],
  },
  {
    name: "path-cut-at-107-bytes",
    history: "Node 20: a socket's path that is too long is cut, and nothing is said",
    case: "witness-long-path",
    check: "in-its-directory",
    also: [...TAKEN_OVER, "nothing-at-the-cut", "bytes/witness", "acquire-refused"],
    patches: [
      { file: "src/socket-path.ts", find: "if (Buffer.byteLength(path) <= limit)", replace: "if (limit > 0)" },
      {
        file: WITNESS,
        find: "const server = listen(directory, unfinished);",
        replace: "const server = listen(directory, name);",
      },
      { file: WITNESS, find: "chmodSync(path, 0o666);", replace: "void chmodSync;" },
      { file: WITNESS, find: "renameSync(path, join(directory, name));", replace: "void renameSync;" },
      {
        file: WITNESS,
        find: "const { dev, ino } = lstatSync(path, { bigint: true });",
        replace: "const { dev, ino } = lstatSync(directory, { bigint: true });",
      },
    ],
  },
  {
    name: "the-primary-has-it",
    history: "Node clusters: a worker's socket belongs to the primary, and outlives the worker",
    case: "witness-in-a-cluster",
    check: "taken",
    also: NOBODY_HELD,
    patches: [
      {
        file: WITNESS,
        find: "server.listen({ path: address, exclusive: true });",
        replace: `server.listen({ path: address, exclusive: false });
    const cell = new Int32Array(new SharedArrayBuffer(4));
    for (let looks = 0; looks < 1_000 && !lstatSync(address, { throwIfNoEntry: false }); looks++) {
      Atomics.wait(cell, 0, 0, 2);
    }`,
      },
      { file: WITNESS, find: "if (!server.listening) throw", replace: "if (server === undefined) throw" },
    ],
  },
  {
    name: "asks-behind-links",
    history: "fs-safe #101, filelock #550: what a name leads to was taken for what it is",
    case: "witness-fates",
    check: "link-to-the-dead-kept",
    also: ["link-not-followed"],
    patches: [
      { file: ASK, find: "import { lstatSync } from", replace: "import { statSync } from" },
      {
        file: ASK,
        find: "lstatSync(join(directory, name)).isSocket()",
        replace: "statSync(join(directory, name)).isSocket()",
      },
    ],
  },
  {
    name: "gone-is-refused",
    history: "career-ops #3120: what a cleaner had removed was taken for what a dead process had left",
    case: "witness-fates",
    check: "unlinked-kept",
    also: ["file-kept", "fifo-kept", "directory-kept", "link-kept", "link-to-the-dead-kept", "forbidden-kept"],
    patches: [{ file: ASK, find: 'if (!door) return "unknown";', replace: 'if (!door) return "refused";' }],
  },
  {
    name: "forbidden-is-refused",
    history: "OpenClaw #110235: not being allowed to ask was read as nobody there",
    case: "witness-fates",
    check: "forbidden-kept",
    patches: [answer('return errno === "ECONNREFUSED" || errno === "EACCES" ? "refused" : "unknown";')],
  },
  {
    name: "sweeps-the-evidence",
    history: "AgentTeams #267, OpenClaw #26579: start scripts that remove every socket nobody listens at",
    case: "witness-sweep",
    check: "named-by-a-lock-kept",
    also: ["named-by-a-guard-kept", "named-by-a-marker-kept"],
    patches: [
      {
        file: "src/sweep.ts",
        find: "return refused.filter((name) => !named.has(name));",
        replace: "return refused.filter((name) => named !== undefined || name);",
      },
    ],
  },
  {
    name: "sweeps-the-living",
    history: "temporary-file cleaners: what is old is removed, whoever uses it",
    case: "witness-sweep",
    check: "answering-kept",
    also: ["file-kept", "directory-kept"],
    patches: [
      {
        file: "src/sweep.ts",
        find: 'if ((await askWitness(directory, name, isIdle)) === "refused") refused.push(name);',
        replace: 'if ((await askWitness(directory, name, isIdle)) !== "unknown") refused.push(name);',
      },
    ],
  },
];
