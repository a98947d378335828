import type { MutantDefinition } from "../../engine/case.js";

const FLIGHT = "src/oauth/flight.ts";
const ENDPOINT = "src/oauth/endpoint.ts";
const REQUEST = "src/oauth/request.ts";

export const refreshOutcomes: readonly MutantDefinition[] = [
  {
    name: "gives-a-good-token-up-when-late",
    history: "buildkite/cli #852, aws-cli #10628: a late loser's invalid_grant cleared the winner's token",
    case: "loser-keeps-token",
    check: "adopts",
    patches: [
      {
        file: FLIGHT,
        find: "const isOther = now !== undefined && generationOf(now) !== generation;",
        replace: "const isOther = false && now;",
      },
    ],
  },
  {
    name: "forgets-that-it-was-rejected",
    history:
      "codex #17340: a spent token was sent again by every process at every start, until the provider locked the account",
    case: "rejected-is-final",
    check: "others-told",
    also: ["marked", "reason"],
    patches: [{ file: FLIGHT, find: 'intent.become("rejected", reason);', replace: "intent.withdraw();" }],
  },
  {
    name: "takes-every-error-for-a-no",
    history: "claude-code #48786: a wrong client id signed everybody out",
    case: "not-sent",
    check: "failed",
    patches: [
      {
        file: ENDPOINT,
        find: 'if (error === "invalid_grant") throw new RefreshRejected(error);',
        replace: 'if (typeof error === "string") throw new RefreshRejected(error);',
      },
    ],
  },
  {
    name: "takes-a-lost-answer-for-none",
    history: "claude-code #24317: a connection that broke after the rotation was tried again",
    case: "outcome-unknown",
    check: "unknown",
    patches: [
      { file: REQUEST, find: 'kind: isNotSent(error) ? "not-sent" : "unknown",', replace: 'kind: "not-sent",' },
    ],
  },
  {
    name: "sends-an-empty-token",
    history: "a login that was removed was asked for with an empty token, once a second",
    case: "refresh-unavailable",
    check: "unavailable",
    patches: [
      { file: "src/oauth/call.ts", find: 'if (refresh.trim() === "") throw', replace: "if (refresh === null) throw" },
    ],
  },
  {
    name: "says-that-it-is-busy",
    history: "#66646, #112320: 209 of 451 errors said that a lock may be busy, and none said which, or who held it",
    case: "seed-reproducer",
    check: "names-it",
    patches: [
      {
        file: "src/oauth/outcomes.ts",
        find: "const { message, holder } = cause;",
        replace: 'const { holder } = cause;\n  const message = "a lock may be busy";',
      },
    ],
  },
  {
    name: "repeats-what-the-provider-said",
    history: "#83383, #101573: the provider's answer, with the token in it, was the error's message",
    case: "no-secret-anywhere",
    check: "tells-nothing",
    patches: [
      {
        file: ENDPOINT,
        find: "  if (isTurnedAway) throw",
        replace: "  if (!isTurnedAway) throw new Error(text);\n  if (isTurnedAway) throw",
      },
      { file: REQUEST, find: "message: messageOf(error, tokens) }", replace: "message: String(messageOf && error) }" },
    ],
  },
];
