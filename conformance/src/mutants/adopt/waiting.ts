import type { MutantDefinition } from "../../engine/case.js";

const ADOPT = "src/adopt.ts";

export const adopting: readonly MutantDefinition[] = [
  {
    name: "decides-before-it-looks",
    history: "claude-code #91708, openai/codex #23546: whether to refresh was decided without a look at the store",
    case: "adopts-without-a-lock",
    check: "lock-free",
    patches: [
      {
        file: ADOPT,
        find: "return (yield* adopter.ask()) ?? (yield* acquireOrAdoptSteps(() => locate(checked), adopter));",
        replace: "return yield* acquireOrAdoptSteps(() => locate(checked), adopter);",
      },
    ],
  },
  {
    name: "polls-by-the-second",
    history:
      "OpenClaw's agents slept for seconds beside a token that was there (#37678): a fixed poll instead of a look at changes",
    case: "adopted-while-locked",
    check: "median",
    patches: [
      {
        file: ADOPT,
        find: "return monotonic() - this.#askedAt >= ASK_EVERY_MS || this.#seen !== appearance(this.#watched);",
        replace: "return monotonic() - this.#askedAt >= ASK_EVERY_MS;",
      },
    ],
  },
  {
    name: "trusts-file-times-alone",
    history: "filelock #561: two writes in one tick of a coarse clock look like none",
    case: "adopt-misses-no-change",
    check: "every-second",
    patches: [{ file: ADOPT, find: "const ASK_EVERY_MS = 1000;", replace: "const ASK_EVERY_MS = 60_000;" }],
  },
  {
    name: "gives-up-without-a-last-look",
    history: "tokenmaxxing #27: three seconds were over, and the token that had come meanwhile was not looked for",
    case: "adopt-wins-over-refusal",
    check: "value-wins",
    patches: [
      { file: ADOPT, find: "    const late = yield* adopter.ask();\n    if (late) return late;\n", replace: "" },
      {
        file: ADOPT,
        find: "adopted = isFirst || adopter.isDue() ? yield* adopter.ask() : undefined;",
        replace: "adopted = isFirst ? yield* adopter.ask() : undefined;",
      },
    ],
  },
  {
    name: "cannot-be-cancelled",
    history: "field case 03: a wait that its caller had given up went on, and took the lock for nobody",
    case: "adopt-then-acquires",
    check: "cancelled",
    patches: [
      {
        file: ADOPT,
        find: "runAsync(adoptSteps(checked, adopter), checked.settings.signal)",
        replace: "runAsync(adoptSteps(checked, adopter), undefined)",
      },
    ],
  },
];
