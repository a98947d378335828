import type { MutantDefinition } from "../../engine/case.js";
import { NO_SECOND_LOOK, RESENDS_BY_ITSELF } from "../patches.js";

const CALL = "src/oauth/call.ts";

const SENT_TWICE = ["survivors", "next-is-told", "next-sends-nothing", "next-refreshes", "family-alive", "until"];

export const singleFlight: readonly MutantDefinition[] = [
  {
    name: "takes-a-blank-refresh-token",
    history: "opencode #49439: an answer without a refresh token wiped the stored one",
    case: "refresh-verdicts",
    check: "merge",
    patches: [
      {
        file: "src/oauth/credential.ts",
        find: '...(said(answer, "refresh_token") && {',
        replace: "...({",
      },
    ],
  },
  {
    name: "refreshes-without-a-second-look",
    history:
      "#26322 (499 failures in ten hours), codex #10332: each in its turn refreshed what had just been refreshed",
    case: "one-post-twenty",
    check: "one-post",
    also: ["one-refreshes", "equal-tokens", "everybody-gets-it"],
    patches: NO_SECOND_LOOK,
  },
  {
    name: "knows-freshness-by-the-clock-alone",
    history: "claude-code #43392: tokens that live shorter than the margin were refreshed by every waiter in turn",
    case: "short-lived-tokens",
    check: "one-post",
    also: ["answers-what-is-stored", "one-post-more", "all-get-another", "no-post-for-it"],
    patches: [
      {
        file: "src/oauth/credential.ts",
        find: "return isFresh(credential) || hasBeenRefreshed(first, credential);",
        replace: "return isFresh(credential);",
      },
    ],
  },
  {
    name: "waits-for-the-lock-beside-a-fresh-token",
    history: "claude-code #37678: waiters gave up beside the token that they were waiting for",
    case: "adopted-by-refresh",
    check: "all-adopt",
    patches: [
      { file: CALL, find: "return this.#isFresh(credential) ? credential : undefined;", replace: "return undefined;" },
    ],
  },
  {
    name: "clears-what-a-killed-one-left",
    history:
      "claude-code #95822 (4 of 8 cycles): the next process took over the lock of a killed one, and sent its token again",
    case: "refresh-under-kill",
    check: "token-sent-once",
    also: SENT_TWICE,
    patches: RESENDS_BY_ITSELF,
  },
  {
    name: "proceeds-after-a-kill",
    history: "claude-code #95236: whatever a killed refresh had left was removed, and the token sent again",
    case: "refresh-killed",
    check: "unknown",
    patches: RESENDS_BY_ITSELF,
  },
  {
    name: "takes-the-risk-for-its-caller",
    history: "GitNexus #3234: the dead one's record was deleted by whoever came first",
    case: "resend-if-dead",
    check: "not-by-itself",
    patches: RESENDS_BY_ITSELF,
  },
  {
    name: "resends-while-the-sender-lives",
    history: "yak #16: a process that was only slow was taken for dead, and its token sent a second time",
    case: "intent-of-a-living-maker",
    check: "waits",
    patches: [
      {
        file: CALL,
        find: 'if (seen.state === "sent" && !seen.isDead) return "under-way";',
        replace: 'if (seen.state === "sent" && !seen.isDead) return this.#plan.mayResend ? "resend" : "under-way";',
      },
      {
        file: "src/oauth/intent.ts",
        find: 'return seen.kind === "intent" && (seen.state === "unknown" || seen.isDead);',
        replace: 'return seen.kind === "intent";',
      },
    ],
  },
  {
    name: "gives-up-and-refreshes-anyway",
    history: "tokenmaxxing #27, mulmoclaude #2690: went ahead after three seconds",
    case: "contention-never-refreshes",
    check: "contention",
    also: ["names-the-holder", "says-how-long"],
    patches: [
      { file: CALL, find: "throw lockContention(this.#ground.name, error, this.#waitedMs());", replace: "return [];" },
      { file: "src/oauth/locks.ts", find: "return held.length > 0 && held.every(", replace: "return held.every(" },
    ],
  },
];
