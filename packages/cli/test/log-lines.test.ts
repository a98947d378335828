import { describe, expect, test } from "vitest";
import { LineScanner } from "../src/log/lines.js";
import { redact } from "../src/log/redact.js";
import { RULES, type Sign } from "../src/log/rules.js";
import { type Found, signsOf, versionIn } from "../src/log/signs.js";
import { textOf } from "../src/log/text.js";

const LOCK = "/home/node/.openclaw/locks/oauth-refresh/sha256-cee1bb.lock";
const STORE = "/home/me/.openclaw/agents/main/agent/auth-profiles.json";
const at = "2026-05-20T10:00:01.000Z ";

/** What is in a log, what it is a sign of, and what about it is understood. */
const LINES: readonly (readonly [line: string, sign: Sign, about?: Found["about"]])[] = [
  [
    `${at}[diagnostic] OAuth token refresh failed for xai: file lock timeout for ${STORE}. Please try again or re-authenticate.`,
    "lock-wait",
    { path: STORE, provider: "xai" },
  ],
  [
    `FailoverError: OAuth refresh failed (refresh_contention): another process is already refreshing openai-codex for openai-codex:me@example.org. Please wait for the in-flight refresh to finish and retry. | file lock timeout for ${LOCK}`,
    "lock-wait",
    { path: LOCK, provider: "openai-codex", profile: "openai-codex:me@example.org" },
  ],
  [
    `${at}Error: file lock timeout for /Users/John Doe/.openclaw/openclaw.json: held by pid 4711 (node) for 12.4 s, waited 10.0 s; wait longer`,
    "lock-wait",
    { path: "/Users/John Doe/.openclaw/openclaw.json", pid: 4711 },
  ],
  [`{"level":"warn","code":"file_lock_timeout","lockPath":"x"}`, "lock-wait"],
  [`{"code":"refresh_contention","provider":"xai"}`, "lock-wait", { provider: "xai" }],
  [`${at}script: refresh_contention`, "lock-wait"],
  [
    "Authentication refresh is already in progress elsewhere and this attempt timed out waiting for it. Retry in a moment.",
    "lock-wait",
  ],
  [
    `${at}[agents/auth-profiles] skipped persisted external cli auth sync because auth store is locked {"authPath":"${STORE}"}`,
    "lock-wait",
    { path: STORE },
  ],
  [
    `${at}Error: file lock stale for ${LOCK} [owner-starttime-changed pid=1 recorded-start=44 observed-start=unknown]`,
    "stale-kept",
    { path: LOCK },
  ],
  [`{"msg":"x","code":"file_lock_stale"}`, "stale-kept"],
  [`FsSafeError: sidecar lock is not a regular file: ${STORE}.lock`, "not-a-lock", { path: `${STORE}.lock` }],
  [`Storage lock path has an unsupported legacy type: ${STORE}.lock`, "not-a-lock", { path: `${STORE}.lock` }],
  [
    `Legacy storage lock requires manual removal after verifying no older OpenClaw process is running: ${STORE}.lock`,
    "not-a-lock",
    { path: `${STORE}.lock` },
  ],
  ["FsSafeError: file exceeds limit of 1048576 bytes (got at least 1048577)", "not-a-lock"],
  [
    "OAuth token refresh failed for xai: EISDIR: illegal operation on a directory, read. Please try again",
    "not-a-lock",
    { provider: "xai" },
  ],
  [`${at}file_lock_foreign`, "not-a-lock"],
  [
    `Error: file lock foreign for ${STORE}: ${STORE}.lock is a soft lock of Python's filelock; end the Python program that made it, then remove the file`,
    "not-a-lock",
  ],
  [`${at}file_lock_guard_orphaned for ${STORE}`, "guard-orphaned"],
  [
    `${at}Embedded agent failed before reply: OAuth token refresh failed for openai-codex: 401 {"error":{"code":"refresh_token_reused"}}. Please try again or re-authenticate.`,
    "token-dead",
    { provider: "openai-codex", reason: "refresh_token_reused" },
  ],
  [
    "OAuth token refresh failed for anthropic: invalid_grant. Please try again or re-authenticate.",
    "token-dead",
    { provider: "anthropic", reason: "invalid_grant" },
  ],
  [
    "OAuth token refresh failed for openai: Your session has expired, please log in again. Please try again or re-authenticate.",
    "token-dead",
    { provider: "openai" },
  ],
  [`    "code": "refresh_token_reused"`, "token-dead", { reason: "refresh_token_reused" }],
  [
    `${at}[openai-codex] Token refresh failed: 400 {"error":"invalid_grant"}`,
    "token-dead",
    { provider: "openai-codex" },
  ],
  [
    `    "message": "Your refresh token has already been used to generate a new access token. Please try signing in again.",`,
    "token-dead",
  ],
  [
    "[agent/embedded] auth profile failure state updated: runId=4f profile=sha256:ab12 provider=openai-codex reason=auth_permanent window=disabled reused=false",
    "token-dead",
    { provider: "openai-codex", reason: "auth_permanent" },
  ],
  [
    `{"0":"{\\"subsystem\\":\\"model-fallback/decision\\"}","1":{"event":"model_fallback_decision","decision":"candidate_failed","candidateProvider":"openai-codex","reason":"auth_permanent"},"2":"model fallback decision","_meta":{"logLevelName":"WARN"},"time":"2026-05-20T10:00:01.000Z"}`,
    "token-dead",
    { provider: "openai-codex" },
  ],
  [
    "FallbackSummaryError: All models failed (2): openai/gpt-5: token gone (auth_permanent) | openai/gpt-4: x",
    "token-dead",
  ],
  ["openai isn't accepting your saved login.", "token-dead", { provider: "openai" }],
  [
    "- openai:default: re-auth required [refresh_token_reused] — Run `openclaw models auth login --provider openai`.",
    "token-dead",
    { profile: "openai:default" },
  ],
  ["Authentication refresh failed. Re-authenticate this provider and try again.", "token-dead"],
  [`${at}RefreshRejected: refresh_rejected for logins/xai`, "token-dead"],
  [`${at}[gateway] refresh failed: 401 refresh_token_reused`, "token-dead"],
  [
    `${at}Error: OAuth refresh call "refreshOAuthCredential(openai)" exceeded hard timeout (120000ms)`,
    "refresh-timeout",
    { provider: "openai" },
  ],
  [
    "Authentication refresh timed out before the provider completed. Retry in a moment; re-authenticate only if it keeps failing.",
    "refresh-timeout",
  ],
  ["Error: Failed to persist refreshed OAuth credential", "not-saved"],
  ["Error: OAuth refresh failed and cleanup could not be completed.", "not-saved"],
  [`${at}RefreshError: refresh_not_saved for logins/xai`, "not-saved"],
  ["Error: OAuth refresh returned credentials for a different OAuth account", "account-mismatch"],
  [`${at}refused to mirror OAuth credential: identity mismatch or regression`, "account-mismatch"],
  [
    `Auth profile store ${STORE} requires legacy credential migration; affected providers: xai; run openclaw doctor --fix.`,
    "store-migration",
  ],
  [`${at}retired auth profile files are ignored by runtime; run Doctor to archive them`, "store-migration"],
  [`${at}auth profile store update failed: ENOSPC: no space left on device`, "store-failed"],
  ["Failed to update auth profile store; the auth store lock may be busy. Wait a moment and retry.", "sqlite-busy"],
  [`${at}post-run auth-profile success bookkeeping failed: profile=x error=database is locked`, "sqlite-busy"],
  ["Error: database is locked", "sqlite-busy"],
  [`${at}uncaught: SQLITE_BUSY: database is locked`, "sqlite-busy"],
  [`${at}auth profile store update failed: database is locked`, "sqlite-busy"],
  [
    "Agent failed before reply: All models failed (2): openai/gpt-5: session file locked (timeout 10000ms): pid=68 /data/.openclaw/agents/main/sessions/7d.jsonl.lock (timeout) | google/x: session file locked (timeout 10000ms): pid=68 /data/.openclaw/agents/main/sessions/7d.jsonl.lock (timeout)",
    "session-wait",
    { pid: 68, path: "/data/.openclaw/agents/main/sessions/7d.jsonl.lock" },
  ],
  [
    "session file locked (timeout 60000ms): pid=7 alive=true ageMs=61000 /d/s.jsonl.lock",
    "session-wait",
    { pid: 7, path: "/d/s.jsonl.lock" },
  ],
  [`{"code":"OPENCLAW_SESSION_WRITE_LOCK_TIMEOUT"}`, "session-wait"],
  ["session file lock stale (dead-pid): pid=9 /d/s.jsonl.lock", "session-wait"],
  ["timeout acquiring session store lock: /d/sessions.json.lock", "session-wait", { path: "/d/sessions.json.lock" }],
  [
    "[session-write-lock] releasing lock held for 310000ms (max=300000ms): /d/s.jsonl.lock",
    "session-wait",
    { path: "/d/s.jsonl.lock" },
  ],
  [
    "[model-fallback/decision] candidate=opus-4-6 reason=timeout detail=session file locked (pid=37121)",
    "session-wait",
  ],
  ["gateway already running (pid 812); lock timeout after 5000ms", "gateway-lock", { pid: 812 }],
  ["state directory is locked by gateway (pid 812), started 3 h ago", "gateway-lock", { pid: 812 }],
  [
    "failed to acquire gateway lock at /tmp/openclaw-0/gateway.1a2b3c4d.lock",
    "gateway-lock",
    { path: "/tmp/openclaw-0/gateway.1a2b3c4d.lock" },
  ],
  ["waiting for gateway-lifecycle ownership held by another OpenClaw process, up to 30 s", "gateway-lock"],
  [
    "[model-fallback/decision] model fallback decision: decision=candidate_failed requested=xai/grok candidate=xai/grok reason=auth next=anthropic/claude",
    "fallback",
    { provider: "xai" },
  ],
  ["⚠️ Model login failed on the gateway for xai. Please try again.", "login-failed", { provider: "xai" }],
  [
    "OAuth token refresh failed for openai-codex: Failed to refresh OpenAI Codex token",
    "login-failed",
    { provider: "openai-codex" },
  ],
  [
    "auth profile failure state updated: runId=1 profile=sha256:ab provider=xai reason=auth window=cooldown reused=true",
    "login-failed",
    { provider: "xai" },
  ],
  [
    "- xai:default: OAuth refresh failed — Try again; if this persists, run `openclaw models auth login`",
    "login-failed",
  ],
  [`${at}[openai-codex] Token refresh failed: 401 {`, "login-failed", { provider: "openai-codex" }],
  [`${at}adopted fresh OAuth credential from main store (under refresh lock)`, "healthy"],
];

const found = (line: string) => signsOf(textOf(line));

test.each(LINES.map(([line, sign, about]) => ({ line, sign, about: about ?? {} })))(
  "$sign: $line",
  ({ line, sign, about }) => {
    expect(found(line).find((one) => one.sign === sign)).toMatchObject({ sign, about });
  },
);

test("each rule has a line that it was made for", () => {
  const texts = LINES.map(([line, sign]) => ({ text: textOf(line).text, sign }));
  const idle = RULES.filter(
    ({ sign, pattern }) => !texts.some((line) => line.sign === sign && pattern.test(line.text)),
  );
  expect(idle.map(({ pattern }) => pattern.source)).toEqual([]);
});

test("no such line is passed over while a log is scanned", () => {
  const log = Buffer.from(LINES.map(([line]) => `something else\n${line}\n`).join(""));
  const scanner = new LineScanner();
  const lines = [...scanner.add(log), ...scanner.end()].map(({ number, text }) => [number, text]);
  expect(lines).toEqual(LINES.map(([line], at) => [2 * at + 2, line]));
});

test("a wait for a lock is never taken for a dead login, nor the other way round", () => {
  for (const [line, sign] of LINES) {
    const signs = found(line).map((one) => one.sign);
    if (sign === "lock-wait") expect(signs, line).not.toContain("token-dead");
    if (sign === "token-dead") expect(signs, line).not.toContain("lock-wait");
  }
});

test.each([
  "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (unattended-upgr)",
  "ERROR: deadlock detected DETAIL: Process 12 waits for ShareLock on transaction 77; blocked by process 13.",
  "upserting into startup_settings: database is locked (5) (SQLITE_BUSY)",
  "fatal: Unable to create '/repo/.git/index.lock': File exists.",
  "Error acquiring the state lock: ConditionalCheckFailedException",
  "2026-05-20T10:00:00Z [telegram] message: my clock is locked, please sign in again to the app",
  "npm WARN old lockfile",
  "sshd[12]: Failed password for root; authentication failure",
  "2026-05-20T10:00:00Z invalid_grant from calendar.google.com",
  "2026-05-20 auth ok, token refreshed for xai",
  "read error: EISDIR: illegal operation on a directory, read",
])("says nothing of: %s", (line) => {
  expect(found(line)).toEqual([]);
});

describe("how a line is written", () => {
  const message = "OAuth token refresh failed for xai: file lock timeout for /s/auth-profiles.json. Please try again";
  test.each([
    [
      "with colours",
      `\u001b[2m2026-05-20T10:00:00Z\u001b[22m \u001b[31m[x]\u001b[39m OAuth token refresh failed for xai: \u001b[1mfile lock\u001b[22m timeout for /s/auth-profiles.json. Please`,
    ],
    [
      "as OpenClaw's own line of JSON",
      JSON.stringify({ 0: '{"subsystem":"x"}', 1: message, _meta: { date: "2026-05-20T10:00:00.000Z" } }),
    ],
    ["by Docker", JSON.stringify({ log: `${message}\n`, stream: "stderr", time: "2026-05-20T10:00:00.123456789Z" })],
    [
      "by the journal, as bytes",
      JSON.stringify({ MESSAGE: [...Buffer.from(`\u001b[31m${message}`)], __REALTIME_TIMESTAMP: "1779271200000000" }),
    ],
    ["by Kubernetes", `2026-05-20T10:00:00.1Z stderr F ${message}`],
    ["with CR LF", `2026-05-20T10:00:00Z ${message}\r`],
    [
      "in JSON within JSON",
      JSON.stringify({ log: JSON.stringify({ error: { message } }), time: "2026-05-20T10:00:00Z" }),
    ],
  ])("%s", (_name, line) => {
    expect(found(line)).toEqual([
      { sign: "lock-wait", end: expect.any(Number), about: { path: "/s/auth-profiles.json", provider: "xai" } },
    ]);
    expect(textOf(line).time).toMatch(/^2026-05-20T10:00:00/);
  });

  test("in UTF-16, as PowerShell redirects it, in pieces of any size", () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`nothing\r\n${message}\r\n`, "utf16le")]);
    const scanner = new LineScanner();
    const lines = [...bytes].flatMap((_, at) => (at % 7 === 0 ? [...scanner.add(bytes.subarray(at, at + 7))] : []));
    expect([...lines, ...scanner.end()].map(({ number }) => number)).toEqual([2]);
  });
});

test("the release is read from what OpenClaw says of itself", () => {
  expect(versionIn("🦞 OpenClaw 2026.5.19 (a185ca2)")).toBe("2026.5.19");
  expect(versionIn("installed openclaw@2026.9.6")).toBe("2026.9.6");
  expect(versionIn("/opt/openclaw/2026.5.19")).toBeUndefined();
});

test.each([
  `{"access_token":"abcdefghijk","x":1}`,
  "authorization: Bearer abcdefghijk",
  "refresh_token=abcdefghijk",
  "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk",
  "key sk-proj-abcdefghijk1234",
  "openclaw-oauth-refresh-fence:v1:abcdefghijk:access:ff",
])("a secret is never quoted: %s", (line) => {
  expect(redact(line)).not.toContain("abcdefghijk");
});

test("what a reason needs is left in a quote", () => {
  for (const [line] of LINES) expect(redact(line)).toBe(line);
});

test("a log of 1 GB, and one line of it, take no more memory than a small one", { timeout: 120_000 }, () => {
  const line = `${at}[agent/embedded] embedded run tool start: runId=1 tool=exec; blocked by a clock; auth ok\n`;
  const block = Buffer.from(line.repeat(Math.floor((1 << 20) / line.length)));
  const endless = Buffer.alloc(1 << 20, "refresh ");
  const scanner = new LineScanner();
  let seen = 0;
  const feed = (chunk: Buffer) => {
    for (const { text } of scanner.add(chunk)) seen += text.length > 0 ? 1 : 0;
  };
  for (let at = 0; at < 64; at++) feed(block);
  const before = process.memoryUsage().rss;
  for (let at = 0; at < 1024 - 128; at++) feed(block);
  for (let at = 0; at < 64; at++) feed(endless);
  expect(scanner.lines).toBe((block.length / line.length) * 960 + 1);
  expect(seen).toBeGreaterThan(0);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
});
