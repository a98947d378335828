import type { MutantDefinition } from "../../engine/case.js";

export const refreshSaving: readonly MutantDefinition[] = [
  {
    name: "spends-before-it-can-save",
    history: "#88029: the disk was full, and the rotated token was gone",
    case: "save-fails",
    check: "no-room",
    patches: [
      {
        file: "src/oauth/json-aim.ts",
        find: "temporary.reserve(Number(old?.size ?? 0) + RESERVE_BYTES);",
        replace: "temporary.reserve(Number(old?.size ?? 0) + 0 * RESERVE_BYTES);",
      },
    ],
  },
  {
    name: "warns-that-it-was-not-saved",
    history: "antithesishq/snouty #178: refreshed, not saved, and no more than a warning",
    case: "not-saved",
    check: "not-saved",
    patches: [
      {
        file: "src/oauth/landing.ts",
        find: "    throw handBack(prepared, what, whole, error);",
        replace: '    return resultOf("refreshed", whole);',
      },
    ],
  },
  {
    name: "saves-over-whatever-is-stored",
    history: "#70643: a refresh that was late wrote the login back that somebody had just replaced",
    case: "what-came-later",
    check: "fresh-is-adopted",
    patches: [
      {
        file: "src/oauth/json-aim.ts",
        find: "if (!stored || generationOf(stored) !== sent) return",
        replace: "if (!stored || generationOf(stored) === sent.slice(1)) return",
      },
    ],
  },
  {
    name: "saves-another-account",
    history: "#66952, #90575: a login's refresh was answered for another account, and mirrored over the first",
    case: "scope-and-order",
    check: "identity",
    patches: [
      {
        file: "src/oauth/landing.ts",
        find: "if (contradicts(credential, answer)) {",
        replace: "if (contradicts(credential, answer) && made === undefined) {",
      },
    ],
  },
];
