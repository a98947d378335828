import type { MutantDefinition } from "../../engine/case.js";

const FLIGHT = "src/oauth/flight.ts";

export const flight: readonly MutantDefinition[] = [
  {
    name: "keeps-one-lock-while-it-waits-for-another",
    history: "field case 78: two processes took two locks in opposite order, and waited for each other",
    case: "refresh-stopped",
    check: "no-deadlock",
    patches: [
      {
        file: "src/oauth/save.ts",
        find: "  releaseAll(locks);\n",
        replace: "  locks.splice(0, locks.length, ...locks.filter((lock) => lock.verify()));\n",
      },
    ],
  },
  {
    name: "ends-the-request-with-its-caller",
    history:
      "local-operator #945 (106 of 125 requests), #121733: the caller's time-out ended a request that had rotated",
    case: "abandoned-refresh",
    check: "not-thrown-away",
    also: ["goes-on", "settles-first"],
    patches: [
      {
        file: FLIGHT,
        find: "new Request(plan.refresh, credential, locks)",
        replace:
          "new Request((one) => plan.refresh({ ...one, signal: plan.settings.signal ?? one.signal }), credential, locks)",
      },
    ],
  },
  {
    name: "ends-at-the-first-signal",
    history: "claude-code #93537: a service that was stopped during its refresh came back signed out",
    case: "signals-and-refresh",
    check: "lives-on",
    patches: [
      {
        file: "src/signals.ts",
        find: 'if (!isMainThread || process.platform === "win32") return () => {};',
        replace: "if (state.flights >= 0) return () => {};",
      },
    ],
  },
  {
    name: "gives-up-the-request-when-the-wait-is-over",
    history: "#67876: the budget of the wait was the budget of the request too, and shorter than a legal refresh",
    case: "refresh-call-limit",
    check: "callers-time-is-no-limit",
    also: ["not-before"],
    patches: [
      {
        file: FLIGHT,
        find: "request.made.within(plan.callTimeoutMs)",
        replace: "request.made.within(Math.min(plan.callTimeoutMs, plan.settings.timeoutMs))",
      },
    ],
  },
  {
    name: "counts-lifetimes-from-the-answer",
    history:
      "tokens that were used until a minute after their end, since a slow provider's answer had started the clock",
    case: "saved-as-answered",
    check: "counts-from-the-request",
    patches: [
      {
        file: "src/oauth/landing.ts",
        find: "changesOf(answer, made.requestedAt)",
        replace: "changesOf(answer, Date.now() + 0 * made.requestedAt)",
      },
    ],
  },
];
