import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { age, BIN, cli, environment, holding, openclawLock, plant, plantDead, Running, usePlace } from "./support.js";

const place = usePlace();
afterEach(() => Running.killAll());

const OLD = 3_600_000;
const state = () => place.at(".openclaw");

interface Answer {
  readonly openclaw: { readonly version?: string; readonly range?: string; readonly from: string };
  readonly diagnoses: readonly {
    readonly cause: string;
    readonly subject?: string;
    readonly title: string;
    readonly meaning: string;
    readonly urgency: string;
    readonly evidence: readonly { readonly where: string; readonly text: string; readonly more?: number }[];
    readonly next: { readonly text: string; readonly command?: string };
  }[];
  readonly exitStatus: number;
}

function ask(log: string | undefined, args: readonly string[] = [], node = process.execPath): Answer {
  const words = ["doctor", "--json", ...(log === undefined ? [] : ["--log", "-"]), ...args];
  const { stdout, stderr, status } = spawnSync(node, [BIN, ...words], {
    env: environment(place.directory, { OPENCLAW_LOCKS_TRUST_PIDS: "1" }),
    input: log ?? "",
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  const answer = JSON.parse(stdout) as Answer;
  expect(answer.exitStatus).toBe(status);
  return answer;
}

const at = (minute: number) => `2026-05-20T10:${String(minute).padStart(2, "0")}:00.000Z`;
const REFRESH = "/home/node/.openclaw/locks/oauth-refresh/sha256-cee1bbaed8073aac.lock";
const PROFILES = "/home/node/.openclaw/agents/main/agent/auth-profiles.json";
const contention = (minute: number) =>
  `${at(minute)} [diagnostic] lane task error: FailoverError: OAuth token refresh failed for openai-codex: OAuth refresh failed (refresh_contention): another process is already refreshing openai-codex for openai-codex:me. Please wait for the in-flight refresh to finish and retry. | file lock timeout for ${REFRESH}. Please try again or re-authenticate.`;
const fallback = (minute: number, reason: string) =>
  `${at(minute)} [model-fallback/decision] model fallback decision: decision=candidate_failed requested=openai-codex/gpt-5.5 candidate=openai-codex/gpt-5.5 reason=${reason} next=anthropic/claude-sonnet-4-6`;
const LOGIN = /^openclaw models auth login/;

/** What a gateway has logged, the diagnosis of it alone, and the command that follows. */
const TRANSCRIPTS: readonly (readonly [
  name: string,
  log: readonly string[],
  causes: readonly string[],
  next: RegExp,
])[] = [
  [
    "a refresh lock that is waited for once",
    [contention(1), fallback(1, "auth")],
    ["lock-wait"],
    /^openclaw-locks status \/home\/node\/.*sha256-cee1bbaed8073aac\.lock$/,
  ],
  [
    "a refresh lock that is waited for on and on",
    [1, 4, 7, 10, 13, 16].flatMap((minute) => [contention(minute), fallback(minute, "auth")]),
    ["stale-lock"],
    /^openclaw-locks status /,
  ],
  [
    "the store's lock (5.19)",
    [
      `${at(1)} OAuth token refresh failed for xai: file lock timeout for ${PROFILES}. Please try again or re-authenticate.`,
    ],
    ["lock-wait"],
    /^openclaw-locks status .*auth-profiles\.json\.lock$/,
  ],
  [
    "a lock that OpenClaw does not dare to remove (9.5)",
    [`${at(1)} Error: file lock stale for /s/x [owner-process-exited pid=1 recorded-start=1 observed-start=unknown]`],
    ["stale-lock"],
    /^openclaw-locks sweep /,
  ],
  [
    "something foreign (8.1)",
    [`${at(1)} FsSafeError: sidecar lock is not a regular file: ${PROFILES}.lock`],
    ["foreign-lock"],
    /^openclaw-locks status /,
  ],
  [
    "something foreign (5.20 to 7.35)",
    [`${at(1)} OAuth token refresh failed for xai: EISDIR: illegal operation on a directory, read. Please try again`],
    ["foreign-lock"],
    /^openclaw-locks status/,
  ],
  [
    "a reused token",
    [
      `${at(1)} [openai-codex] Token refresh failed: 401 {`,
      `  "error": {`,
      `    "message": "Your refresh token has already been used to generate a new access token. Please try signing in again.",`,
      `    "code": "refresh_token_reused"`,
      "  }",
      "}",
      `${at(1)} FailoverError: OAuth token refresh failed for openai-codex: Failed to refresh OpenAI Codex token`,
      fallback(1, "auth"),
    ],
    ["burned-token"],
    /^openclaw models auth login --provider openai-codex$/,
  ],
  [
    "a login that is disabled for good",
    [
      `${at(1)} auth profile failure state updated: runId=1 profile=sha256:ab provider=anthropic reason=auth_permanent window=disabled reused=false`,
      fallback(1, "auth_permanent"),
    ],
    ["burned-token", "burned-token"],
    LOGIN,
  ],
  [
    "invalid_grant",
    [
      `${at(1)} Embedded agent failed before reply: OAuth token refresh failed for google: invalid_grant. Please try again or re-authenticate.`,
    ],
    ["burned-token"],
    /--provider google$/,
  ],
  [
    "a lock that has led to a burned token",
    [
      contention(1),
      `${at(9)} OAuth token refresh failed for openai-codex: 401 refresh_token_reused. Please try again or re-authenticate.`,
    ],
    ["lock-wait", "burned-token"],
    /^openclaw-locks status /,
  ],
  [
    "a slow provider",
    [
      `${at(1)} OpenClaw 2026.5.19 (a185ca2)`,
      `${at(2)} Error: OAuth refresh call "refreshOAuthCredential(openai)" exceeded hard timeout (120000ms)`,
    ],
    ["slow-provider"],
    /^openclaw models status$/,
  ],
  [
    "a fence (9.5 on)",
    [
      `${at(1)} OpenClaw 2026.9.6`,
      ...[2, 5, 8].map(
        (minute) =>
          `${at(minute)} Error: OAuth refresh call "refreshOAuthCredential(openai)" exceeded hard timeout (120000ms)`,
      ),
    ],
    ["fence"],
    /^openclaw models auth login --provider openai$/,
  ],
  [
    "tokens that were not saved",
    [`${at(1)} Error: Failed to persist refreshed OAuth credential`],
    ["not-saved"],
    LOGIN,
  ],
  [
    "two accounts",
    [`${at(1)} refused to mirror OAuth credential: identity mismatch or regression`],
    ["account-mismatch"],
    /^openclaw models status$/,
  ],
  [
    "a store that must be moved",
    [
      `${at(1)} Auth profile store ${PROFILES} requires legacy credential migration; affected providers: xai; run openclaw doctor --fix.`,
    ],
    ["store-migration"],
    /^openclaw doctor --fix$/,
  ],
  [
    "a busy database that is called a lock",
    [`${at(1)} Error: Failed to update auth profile store; the auth store lock may be busy. Wait a moment and retry.`],
    ["sqlite-contention"],
    /^openclaw gateway restart$/,
  ],
  [
    "a busy lock in the same words, when the store was a file",
    [
      `${at(1)} OpenClaw 2026.5.19`,
      `${at(2)} Error: Failed to update auth profile store; the auth store lock may be busy. Wait a moment and retry.`,
    ],
    ["lock-wait"],
    /^openclaw-locks status$/,
  ],
  [
    "a busy database",
    [`${at(1)} post-run auth-profile success bookkeeping failed: error=database is locked`],
    ["sqlite-contention"],
    /restart$/,
  ],
  [
    "a busy session that is taken for failing models",
    [
      `${at(1)} Agent failed before reply: All models failed (2): openai/gpt-5: session file locked (timeout 10000ms): pid=68 /d/7d.jsonl.lock (timeout) | google/g: session file locked (timeout 10000ms): pid=68 /d/7d.jsonl.lock (timeout)`,
      fallback(1, "timeout"),
    ],
    ["session-lock"],
    /^openclaw doctor$/,
  ],
  [
    "a second gateway",
    [`${at(1)} gateway already running (pid 812); lock timeout after 5000ms`],
    ["gateway-lock"],
    /^openclaw gateway status$/,
  ],
  [
    "a login that failed for no stated reason",
    [`${at(1)} ⚠️ Model login failed on the gateway for xai. Please try again.`, fallback(1, "auth")],
    ["failed-login"],
    /^openclaw models status$/,
  ],
  [
    "a healthy gateway",
    [`${at(1)} adopted fresh OAuth credential from main store (under refresh lock)`, `${at(2)} [telegram] ok`],
    [],
    /^$/,
  ],
  ["rate limits", [fallback(1, "rate_limit"), `${at(1)} [agent] 429 too many requests`], [], /^$/],
];

describe("a log alone", () => {
  test.each(TRANSCRIPTS)("%s", (_name, log, causes, next) => {
    const { diagnoses } = ask(`${log.join("\n")}\n`);
    expect(diagnoses.map(({ cause }) => cause)).toEqual(causes);
    expect(diagnoses[0]?.next.command ?? "").toMatch(next);
    for (const { cause, meaning, next: step } of diagnoses) {
      const isLogin = ["burned-token", "fence", "not-saved"].includes(cause);
      expect(LOGIN.test(step.command ?? ""), cause).toBe(isLogin);
      if (/lock$/.test(cause) && !/session|gateway/.test(cause)) expect(meaning).toContain("The login is fine");
    }
  });

  // What users have written about, explanations and all: the log's lines count, and what is said of other cases does not.
  const REPORTS: string[][] = [
    [
      "⚠️ Model login failed on the gateway for xai. Please try again. If this keeps happening, re-auth with openclaw models auth login --provider xai.",
      "with logs showing:",
      "OAuth token refresh failed for xai: file lock timeout for /Users/.../auth-profiles.json. Please try again or re-authenticate.",
      "…even though the OAuth profile is healthy and has a valid refresh token.",
      "- OpenClaw 2026.5.19 (a185ca2) on macOS",
    ],
    [
      "FailoverError: OAuth refresh failed (refresh_contention): another process is",
      "already refreshing ... | file lock timeout for",
      "/home/node/.openclaw/locks/oauth-refresh/sha256-<hash>.lock",
      "[model-fallback/decision] requested=openai-codex/gpt-5.5 candidate=openai-codex/gpt-5.5",
      "reason=auth next=anthropic/claude-sonnet-4-6",
      'reason=auth_permanent+401 "refresh token has already been used"= a dead token (refresh_token_reused).',
      "401 refresh_token_reused (reason=auth_permanent), the token was",
      "this stage there is no 401, no invalid_grant, no",
    ],
  ];
  test.each(REPORTS)("as a user reports it: %s", (...lines) => {
    const { diagnoses } = ask(lines.join("\n"));
    expect(diagnoses.map(({ cause }) => cause)).toEqual(["lock-wait"]);
    expect(diagnoses[0]!.meaning).toContain("The login is fine");
    expect(diagnoses[0]!.next.command).toBe("openclaw-locks status");
  });

  test("names the release, and how often and until when it was so", () => {
    const log = ["🦞 OpenClaw 2026.5.19 (a185ca2)", contention(1), contention(2), contention(3)].join("\n");
    const { openclaw, diagnoses } = ask(log);
    expect(openclaw).toMatchObject({ version: "2026.5.19", from: "the log" });
    expect(diagnoses[0]!.evidence[0]).toMatchObject({ where: "stdin:2", more: 2 });
  });

  test("a line that moves the cursor, or quotes a token, does not reach the screen so", () => {
    const log = `${at(1)} OAuth token refresh failed for xai: file lock timeout for /s/\u001b]0;x\u0007a\u202e.json refresh_token=abcdefghijk\n`;
    const { stdout } = cli(["doctor", "--log", "-"], { input: log, home: place.directory });
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|abcdefghijk/);
  });

  test.each([80, 40])("fits a screen of %s columns, but for words that cannot be broken", (columns) => {
    const log = TRANSCRIPTS.flatMap(([, lines]) => lines).join("\n");
    const { stdout } = cli(["doctor", "--log", "-"], {
      input: log,
      home: place.directory,
      env: { COLUMNS: String(columns) },
    });
    const long = stdout
      .split("\n")
      .filter((line) => !/^ {5}\S/.test(line) && line.length > columns && /\S\s+\S/.test(line.trim()));
    expect(long).toEqual([]);
  });

  test("of a long line the part that says what was wrong is quoted, and a command is never broken", () => {
    const line = `${at(1)} ${"x ".repeat(400)}file lock timeout for ${PROFILES}. Please try again`;
    const { stdout } = cli(["doctor", "--log", "-"], { input: line, home: place.directory, env: { COLUMNS: "40" } });
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(`file lock timeout for ${PROFILES}`);
    expect(stdout).toContain(`\n     openclaw-locks status ${PROFILES}.lock\n`);
  });

  test("a log that is not there is the caller's mistake", () => {
    expect(cli(["doctor", "--log", place.at("none.log")], { home: place.directory }).status).toBe(64);
    expect(cli(["doctor", "--log", place.directory], { home: place.directory }).status).toBe(64);
  });
});

describe("a log and the directory that it is about", () => {
  const log = (lock: string) =>
    `${at(1)} OAuth token refresh failed for xai: file lock timeout for ${lock}. Please try again or re-authenticate.\n`;

  test("a dead holder: its lock is to be swept, though the log is of a container where it has another path", () => {
    const lock = plantDead(join(state(), "agents/main/agent/auth-profiles.json.lock"));
    const { diagnoses } = ask(log(PROFILES));
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({
      cause: "stale-lock",
      subject: lock,
      next: { command: `openclaw-locks sweep ${lock}` },
    });
    expect(diagnoses[0]!.evidence.map(({ where }) => where)).toEqual([lock, "stdin:1"]);
  });

  test("a living holder: somebody is slow, and nothing is to be removed", async () => {
    mkdirSync(join(state(), "agents/main/agent"), { recursive: true });
    const holder = await holding(join(state(), "agents/main/agent/auth-profiles.json"));
    const { diagnoses, exitStatus } = ask(log(PROFILES));
    expect(diagnoses.map(({ cause }) => cause)).toEqual(["contention"]);
    expect(diagnoses[0]!.title).toContain(`Process ${holder.pid} (node) holds auth-profiles.json.lock`);
    expect(diagnoses[0]!.next.command).toMatch(/^openclaw-locks status --watch /);
    expect(exitStatus).toBe(10);
  });

  test("something foreign: it is named, and its maker is to be ended", () => {
    const lock = join(state(), "agents/main/agent/auth-profiles.json.lock");
    mkdirSync(lock, { recursive: true });
    const { diagnoses } = ask(log("/Users/.../auth-profiles.json"));
    expect(diagnoses.map(({ cause }) => cause)).toEqual(["foreign-lock"]);
    expect(diagnoses[0]!.title).toContain("proper-lockfile");
    expect(diagnoses[0]!.next).toEqual({
      text: "End the program that made it. Then let this program see whether it is abandoned:",
      command: `openclaw-locks repair ${lock}`,
    });
    expect(diagnoses[0]!.evidence.map(({ where }) => where)).toContain("stdin:1");
  });

  test("an orphaned guard: it is what keeps everybody waiting, with or without a lock", () => {
    const guard = join(state(), "openclaw.json.lock.reclaim");
    mkdirSync(guard, { recursive: true });
    age(guard, OLD);
    const { diagnoses } = ask(log("/home/node/.openclaw/openclaw.json"));
    expect(diagnoses.map(({ cause }) => cause)).toEqual(["orphaned-guard"]);
    expect(diagnoses[0]!.next.command).toBe(`openclaw-locks repair ${guard}`);
    expect(diagnoses[0]!.evidence.map(({ where }) => where)).toContain("stdin:1");
  });

  test("nobody holds it any more: it has passed", () => {
    mkdirSync(state());
    const { diagnoses, exitStatus } = ask(log(PROFILES));
    expect(diagnoses.map(({ cause, urgency }) => [cause, urgency])).toEqual([["lock-wait", "past"]]);
    expect(exitStatus).toBe(0);
  });

  test("the two locks of a container that was killed are both named, and one command clears them", () => {
    for (const name of [
      "locks/oauth-refresh/sha256-cee1bbaed8073aac.lock",
      "agents/main/agent/auth-profiles.json.lock",
    ])
      plant(join(state(), name), openclawLock(1 << 30), OLD);
    const { diagnoses } = ask([contention(1), fallback(1, "auth")].join("\n"));
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]).toMatchObject({
      cause: "stale-lock",
      title: "2 locks were left by processes that have ended.",
    });
    expect(diagnoses[0]!.next.command).toBe("openclaw-locks sweep");
    expect(cli(["sweep"], { home: place.directory, env: { OPENCLAW_LOCKS_TRUST_PIDS: "1" } }).status).toBe(0);
    expect(ask(contention(1)).diagnoses.map(({ urgency }) => urgency)).toEqual(["past"]);
  });
});

describe("the directory alone", () => {
  test("without anything wrong, says so, and how to ask about logins", () => {
    mkdirSync(state());
    const { stdout, status } = cli(["doctor"], { home: place.directory });
    expect(stdout).toContain("Nothing is wrong with the locks.");
    expect(stdout).toContain("--log FILE");
    expect(status).toBe(0);
  });

  test("the release is read from openclaw.json, and the kind of store is told", () => {
    plant(join(state(), "openclaw.json"), `{ // mine\n meta: { "lastTouchedVersion": "2026.5.19" } }`);
    plant(join(state(), "agents/main/agent/auth-profiles.json"), '{"version":1,"profiles":{}}');
    const { stdout } = cli(["doctor"], { home: place.directory });
    expect(stdout).toContain("OpenClaw 2026.5.19 (says openclaw.json), logins in auth-profiles.json");
  });

  test("a release that nobody names is narrowed down by what it leaves", () => {
    plant(join(state(), "locks/oauth-refresh/lock-5440fa0b86d2697ef1152f7cb32a8157.lock"), openclawLock(1));
    expect(ask(undefined).openclaw).toMatchObject({ range: "2026.6.6 or newer" });
  });

  test("a profile that is disabled for good is a dead login, without any log", () => {
    plant(
      join(state(), "agents/main/agent/auth-profiles.json"),
      JSON.stringify({
        version: 1,
        profiles: { "xai:me": { type: "oauth", provider: "xai", access: "SECRET", refresh: "SECRET", expires: 1 } },
      }),
    );
    const usage = { "xai:me": { disabledUntil: Date.now() + OLD, disabledReason: "auth_permanent" } };
    plant(join(state(), "agents/main/agent/auth-state.json"), JSON.stringify({ version: 1, usageStats: usage }));
    const { stdout, status } = cli(["doctor"], { home: place.directory });
    expect(stdout).toContain("openclaw models auth login --provider xai");
    expect(stdout).not.toContain("SECRET");
    expect(status).toBe(20);
  });

  test("a store that is no JSON is told, without a byte of it", () => {
    plant(join(state(), "agents/main/agent/auth-profiles.json"), '{"access":"SECRET');
    const { stdout } = cli(["doctor"], { home: place.directory });
    expect(stdout).toContain("Logins not looked at");
    expect(stdout).not.toContain("SECRET");
  });

  const newer = fileURLToPath(new URL("../../../node_modules/node-24-linux-x64/bin/node", import.meta.url));
  describe.skipIf(!existsSync(newer))("a store in SQLite", () => {
    const FENCE = "openclaw-oauth-refresh-fence:v1:0123456789abcdef0123456789abcdef:";
    function store(updatedAt: number): void {
      const directory = join(state(), "agents/main/agent");
      mkdirSync(directory, { recursive: true });
      const credential = {
        type: "oauth",
        provider: "openai",
        access: `${FENCE}access:00`,
        refresh: `${FENCE}refresh:00`,
        expires: 1,
      };
      const script = `const { DatabaseSync } = require("node:sqlite");
        const db = new DatabaseSync(process.argv[1]);
        db.exec("CREATE TABLE auth_profile_store (store_key TEXT NOT NULL PRIMARY KEY, store_json TEXT NOT NULL, updated_at INTEGER NOT NULL) STRICT");
        db.prepare("INSERT INTO auth_profile_store VALUES ('primary', ?, ?)").run(process.argv[2], Number(process.argv[3]));
        db.close();`;
      const json = JSON.stringify({ version: 1, profiles: { "openai:default": credential } });
      execFileSync(newer, ["-e", script, join(directory, "openclaw-agent.sqlite"), json, String(updatedAt)], {
        stdio: ["ignore", "pipe", "ignore"],
      });
    }

    test("an old fence is what a killed refresh has left: only signing in helps", () => {
      store(Date.now() - OLD);
      const { diagnoses } = ask(undefined, [], newer);
      expect(diagnoses.map(({ cause, urgency }) => [cause, urgency])).toEqual([["fence", "act"]]);
      expect(diagnoses[0]!.next.command).toBe("openclaw models auth login --provider openai");
    });

    test("a young one is a refresh that is under way", () => {
      store(Date.now());
      const { diagnoses, exitStatus } = ask(undefined, [], newer);
      expect(diagnoses.map(({ cause, urgency }) => [cause, urgency])).toEqual([["fence", "wait"]]);
      expect(exitStatus).toBe(10);
    });

    test("a Node that cannot read it says so", () => {
      store(Date.now() - OLD);
      const { stdout } = cli(["doctor"], { home: place.directory });
      if (!("getBuiltinModule" in process) || Number(process.versions.node.split(".")[0]) < 22)
        expect(stdout).toContain("Logins not looked at");
    });
  });
});

test("nothing is changed by looking", () => {
  const path = plant(join(state(), "openclaw.json.lock"), "garbage", OLD);
  writeFileSync(place.at("log"), contention(1));
  const before = execFileSync("find", [place.directory, "-printf", "%p %T@ %s\n"]).toString();
  ask(undefined, ["--log", place.at("log")]);
  expect(
    execFileSync("find", [place.directory, "-printf", "%p %T@ %s\n"])
      .toString()
      .replace(/^.*\.openclaw [\d.]+ /m, ""),
  ).toBe(before.replace(/^.*\.openclaw [\d.]+ /m, ""));
  expect(existsSync(path)).toBe(true);
});
