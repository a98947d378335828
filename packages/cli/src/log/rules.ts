/** What a line of a gateway's log is a sign of. */
export type Sign =
  /** Somebody waited for a lock file, and gave up. */
  | "lock-wait"
  /** A lock whose holder is dead, and that OpenClaw will not remove. */
  | "stale-kept"
  /** Something that is no lock is in the place of one. */
  | "not-a-lock"
  /** A guard without an owner. */
  | "guard-orphaned"
  /** The provider has refused the token for good. */
  | "token-dead"
  /** The provider did not answer in time, or a fence was waited for. */
  | "refresh-timeout"
  /** A refresh succeeded, and its tokens were not stored. */
  | "not-saved"
  /** The store of the logins could not be written. */
  | "store-failed"
  | "account-mismatch"
  | "store-migration"
  /** SQLite's own lock, in whatever words. */
  | "sqlite-busy"
  | "session-wait"
  | "gateway-lock"
  /** A login did not work; the line does not say why. */
  | "login-failed"
  /** Another model was taken instead: a consequence, never a cause. */
  | "fallback"
  /** Somebody else's fresh login was taken over. */
  | "healthy";

export interface Rule {
  readonly sign: Sign;
  /** Which releases of OpenClaw (2026) write it, or `helper`: a program that uses this contract. */
  readonly writtenBy: string;
  /** Its groups `path`, `provider`, `profile`, `pid`, `reason` are what the line is about. */
  readonly pattern: RegExp;
  /** Words that prose uses too: they count in a line that begins as a line of a log does. */
  readonly isLoose?: true;
  /** Counts only where nothing else on the line says why. */
  readonly isFallback?: true;
}

// A path as it stands in a message: from a root to what OpenClaw or a helper writes after it.
const PATH = String.raw`(?<path>(?:[A-Za-z]:)?[/\\~][^\n"'|]*?)(?=\.*(?:\s+Please try|[;:,)"'|\]}]|\s*$|\s+[([{]|\s\w+=))`;
const re = (source: string) => new RegExp(source, "i");

const DEAD =
  "refresh_token_reused|refresh_token_expired|invalid_grant|token_invalidated|sign(?:ing)? in again|log in again|" +
  "invalid_refresh_token|invalid refresh token|expired or revoked|revoked|refresh token has already been used|" +
  "already been used to generate a new access token";

/**
 * The lines that OpenClaw's releases and the helpers write about locks and logins. One a line, from what was read in the
 * packages (section 5 of the lock facts) and in reports of users; `test/log-lines.test.ts` has a real line for each.
 */
export const RULES: readonly Rule[] = [
  // Waits for a lock.
  { sign: "lock-wait", writtenBy: "1.29 on, helper", pattern: re(String.raw`\bfile lock timeout(?: for ${PATH})?`) },
  { sign: "lock-wait", writtenBy: "helper", pattern: re(String.raw`\bheld by pid (?<pid>\d+).*\bwaited [\d.]+ s\b`) },
  {
    sign: "lock-wait",
    writtenBy: "4.20 on",
    pattern: re(String.raw`\bcode\W{1,4}(?:file_lock_timeout|refresh_contention)\b`),
  },
  {
    sign: "lock-wait",
    writtenBy: "4.20 on",
    pattern: re(
      String.raw`\bOAuth refresh failed \(refresh_contention\)(?:: another process is already refreshing (?<provider>[\w.@-]+) for (?<profile>[^\s|]*[^\s|.])\.)?`,
    ),
  },
  { sign: "lock-wait", writtenBy: "helper", pattern: re(String.raw`\brefresh_contention\b`), isLoose: true },
  {
    sign: "lock-wait",
    writtenBy: "4.20 on",
    pattern: re("Authentication refresh is already in progress elsewhere and this attempt timed out waiting for it"),
  },
  {
    sign: "lock-wait",
    writtenBy: "5.19",
    pattern: re(
      String.raw`skipped persisted external cli auth sync because auth store is locked(?:.*?\bauthPath\W{1,3}${PATH})?`,
    ),
  },
  // What stands in the place of a lock.
  {
    sign: "stale-kept",
    writtenBy: "5.12 on, helper",
    pattern: re(String.raw`\bfile lock stale for ${PATH}(?:\s*\[(?<reason>owner-[^\]]*)\])?`),
  },
  { sign: "stale-kept", writtenBy: "5.12 on, helper", pattern: re(String.raw`\bcode\W{1,4}file_lock_stale\b`) },
  { sign: "not-a-lock", writtenBy: "8.1 on", pattern: re(`sidecar lock is not a regular file: ${PATH}`) },
  { sign: "not-a-lock", writtenBy: "9", pattern: re(`Storage lock path has an unsupported legacy type: ${PATH}`) },
  {
    sign: "not-a-lock",
    writtenBy: "9",
    pattern: re(
      `Legacy storage lock requires manual removal after verifying no older OpenClaw process is running: ${PATH}`,
    ),
  },
  { sign: "not-a-lock", writtenBy: "8.1 on", pattern: re(String.raw`\bfile exceeds limit of 1048576 bytes\b`) },
  {
    sign: "not-a-lock",
    writtenBy: "5.20 to 7.35",
    pattern: re(String.raw`(?:auth|oauth|lock|refresh).*\bEISDIR: illegal operation on a directory, read\b`),
  },
  { sign: "not-a-lock", writtenBy: "helper", pattern: re(String.raw`\bfile_lock_foreign\b`), isLoose: true },
  {
    sign: "not-a-lock",
    writtenBy: "helper",
    pattern: re(String.raw`(?<path>/[^\n"'|]*?\.lock) is (?:an?|JSON|the) .*; .*, then remove`),
  },
  { sign: "guard-orphaned", writtenBy: "helper", pattern: re(String.raw`\bfile_lock_guard_orphaned\b`), isLoose: true },
  // The provider's last word.
  {
    sign: "token-dead",
    writtenBy: "1.29 on",
    pattern: re(String.raw`\bOAuth token refresh failed for (?<provider>[\w.@-]+):.*?(?<reason>${DEAD})`),
  },
  {
    sign: "token-dead",
    writtenBy: "1.29 on",
    pattern: re(String.raw`\bcode\W{1,4}(?<reason>refresh_token_(?:reused|expired|invalidated)|token_invalidated)\b`),
  },
  {
    sign: "token-dead",
    writtenBy: "1.29 on",
    pattern: re(String.raw`\brefresh.*\berror\W{1,4}(?<reason>invalid_grant)\b`),
  },
  {
    sign: "token-dead",
    writtenBy: "1.29 on",
    pattern: re("(?<reason>already been used to generate a new access token)"),
  },
  {
    sign: "token-dead",
    writtenBy: "3.24 on",
    pattern: re(
      String.raw`(?=.*\b(?:profile|profileId|provider|candidate\w*|requested\w*|decision)=\S).*\breason=(?<reason>auth_permanent)\b`,
    ),
  },
  {
    sign: "token-dead",
    writtenBy: "5 on",
    pattern: re(String.raw`All models failed.*(?<reason>refresh_token_reused|\(auth_permanent\))`),
  },
  {
    sign: "token-dead",
    writtenBy: "6 on",
    pattern: re(String.raw`(?<provider>[\w.@-]+) isn't accepting your saved login\b`),
  },
  {
    sign: "token-dead",
    writtenBy: "9 (openclaw doctor)",
    pattern: re(String.raw`(?<profile>\S+): re-auth required \[(?<reason>[^\]]*)\]`),
  },
  {
    sign: "token-dead",
    writtenBy: "6 on",
    pattern: re("Authentication refresh failed. Re-authenticate this provider"),
  },
  { sign: "token-dead", writtenBy: "helper", pattern: re(String.raw`(?<reason>\brefresh_rejected\b)`), isLoose: true },
  {
    sign: "token-dead",
    writtenBy: "1.29 on",
    pattern: re(String.raw`(?<reason>\brefresh_token_reused\b|\bauth_permanent\b|refresh token has already been used)`),
    isLoose: true,
  },
  // Refreshes that went wrong otherwise.
  {
    sign: "refresh-timeout",
    writtenBy: "4.20 on",
    pattern: re(String.raw`OAuth refresh call "(?:\w+\()?(?<provider>[\w.@-]*)\)?" exceeded hard timeout`),
  },
  {
    sign: "refresh-timeout",
    writtenBy: "4.20 on",
    pattern: re("Authentication refresh timed out before the provider completed"),
  },
  { sign: "not-saved", writtenBy: "9.5 on", pattern: re("Failed to persist refreshed OAuth credential") },
  { sign: "not-saved", writtenBy: "9.5 on", pattern: re("OAuth refresh failed and cleanup could not be completed") },
  {
    sign: "not-saved",
    writtenBy: "helper",
    pattern: re(String.raw`\brefresh_(?:not_saved|outcome_unknown)\b`),
    isLoose: true,
  },
  {
    sign: "account-mismatch",
    writtenBy: "4.20 on",
    pattern: re("OAuth refresh returned credentials for a different OAuth account"),
  },
  {
    sign: "account-mismatch",
    writtenBy: "4.20 on",
    pattern: re("refused to (?:mirror OAuth credential|adopt fresh main-store OAuth credential): identity mismatch"),
  },
  {
    sign: "store-migration",
    writtenBy: "9",
    pattern: re(`Auth profile store (?:${PATH} )?.*requires legacy credential migration`),
  },
  { sign: "store-migration", writtenBy: "9", pattern: re("retired auth profile files are ignored by runtime") },
  {
    sign: "store-failed",
    writtenBy: "9",
    pattern: re("auth profile store update failed: (?!.*(?:database is locked|SQLITE_(?:BUSY|LOCKED)))"),
  },
  // SQLite's own.
  { sign: "sqlite-busy", writtenBy: "6.5 on", pattern: re("the auth store lock may be busy") },
  {
    sign: "sqlite-busy",
    writtenBy: "6.5 on",
    pattern: re(String.raw`\berror\W{1,4}database (?:table )?is locked\b`),
  },
  { sign: "sqlite-busy", writtenBy: "6.5 on", pattern: re(String.raw`\bSQLITE_(?:BUSY|LOCKED)(?:_\w+)?: database\b`) },
  {
    sign: "sqlite-busy",
    writtenBy: "6.5 on",
    pattern: re(
      String.raw`(?:auth.profile|openclaw[\w-]*\.sqlite|session|memory|gateway).*\b(?:database is locked|SQLITE_(?:BUSY|LOCKED))\b`,
    ),
    isLoose: true,
  },
  // Locks with rules of their own.
  {
    sign: "session-wait",
    writtenBy: "to 7.35",
    pattern: re(
      String.raw`session file locked \((?:timeout \d+ms|pid=\d+)\)(?:: (?:pid=(?<pid>\d+)|owner=\S+|unknown)[^/\\~|]*(?<path>(?:[A-Za-z]:)?[/\\~][^\n"'|()]*?\.lock))?`,
    ),
  },
  { sign: "session-wait", writtenBy: "7.1 to 7.35", pattern: re("OPENCLAW_SESSION_WRITE_LOCK_(?:TIMEOUT|STALE)") },
  { sign: "session-wait", writtenBy: "to 7.35", pattern: re(String.raw`session file lock stale \((?<reason>[^)]*)\)`) },
  { sign: "session-wait", writtenBy: "to 3", pattern: re(`timeout acquiring session store lock(?:: ${PATH})?`) },
  {
    sign: "session-wait",
    writtenBy: "3.24 to 7.35",
    pattern: re(String.raw`\[session-write-lock\] releasing lock held for \d+ms \(max=\d+ms\)(?:: ${PATH})?`),
  },
  {
    sign: "gateway-lock",
    writtenBy: "1.29 on",
    pattern: re(String.raw`gateway already running(?: \(pid (?<pid>\d+)\))?.*lock timeout after \d+ms`),
  },
  {
    sign: "gateway-lock",
    writtenBy: "9",
    pattern: re(String.raw`state directory is locked by [^(\n]*\(pid (?<pid>\d+)\)`),
  },
  { sign: "gateway-lock", writtenBy: "1.29 on", pattern: re(`failed to acquire gateway lock(?: at ${PATH})?`) },
  {
    sign: "gateway-lock",
    writtenBy: "9.6",
    pattern: re("waiting for gateway-lifecycle ownership held by another OpenClaw process"),
  },
  // Consequences, and what says nothing of its cause.
  {
    sign: "fallback",
    writtenBy: "3 on",
    pattern: re(String.raw`(?:model[- ]fallback[ /]decision|failover decision).*\breason=(?<reason>auth\w*|timeout)\b`),
  },
  {
    sign: "login-failed",
    writtenBy: "1.29 on",
    pattern: re(
      String.raw`\b(?:OAuth token refresh failed|Model login failed on the gateway) for (?<provider>[\w.@-]*\w)`,
    ),
    isFallback: true,
  },
  {
    sign: "login-failed",
    writtenBy: "3.24 on",
    pattern: re(String.raw`auth profile failure state updated.*\breason=(?<reason>auth)\b`),
    isFallback: true,
  },
  {
    sign: "login-failed",
    writtenBy: "9 (openclaw doctor)",
    pattern: re(String.raw`(?<profile>\S+): OAuth refresh failed — Try again`),
    isFallback: true,
  },
  {
    sign: "login-failed",
    writtenBy: "1.29 on",
    pattern: re(String.raw`\[(?<provider>[\w.@-]+)\] Token refresh failed\b`),
    isFallback: true,
  },
  {
    sign: "healthy",
    writtenBy: "4.20 on",
    pattern: re(
      "adopted newer OAuth credentials from main agent|adopted fresh OAuth credential from main store|inherited fresh OAuth credentials from main agent",
    ),
  },
];
