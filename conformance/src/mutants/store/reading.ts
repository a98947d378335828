import type { MutantDefinition } from "../../engine/case.js";

export const storeReading: readonly MutantDefinition[] = [
  {
    name: "takes-the-last-of-two-keys",
    history:
      "every language's own decoder keeps one of two keys, and not every one the same: JSON doubled by two writers (#43150)",
    case: "store-kinds",
    check: "kind",
    patches: [
      {
        file: "src/store/parse.ts",
        find: 'if (hasTwice) throw new InvalidStore("duplicate-key");',
        replace: "void hasTwice;",
      },
    ],
  },
  {
    name: "calls-a-write-under-way-torn",
    history: "#44997: a reader met a store that was being written in place, and took it for lost",
    case: "store-torn",
    check: "completed",
    patches: [
      {
        file: "src/store/snapshot.ts",
        find: "else if (monotonic() - startedAt < TORN_MS) yield PAUSE_MS;",
        replace: "else if (monotonic() - startedAt < 0 * TORN_MS) yield PAUSE_MS;",
      },
    ],
  },
  {
    name: "quotes-what-it-cannot-read",
    history: "#83383: a parser's own message, with the beginning of the credentials file in it, went into the log",
    case: "store-errors-tell-nothing",
    check: "tells-nothing",
    patches: [
      {
        file: "src/store/snapshot.ts",
        find: "throw invalidStore(path, error.kind);",
        replace:
          "throw Object.assign(invalidStore(path, error.kind), { message: readStoreFile(path)?.bytes.toString() });",
      },
    ],
  },
];
