// Logs quote what providers answer and what was sent: whoever copies our output into a report must not copy a login.
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]*(?:\.[\w-]*)?/g, "…"],
  [/\b(Bearer|Basic)\s+[^\s"',;]{6,}/gi, "$1 …"],
  [
    /\b((?:access|refresh|id|bot|api|auth)[_-]?(?:token|key)|token|authorization|password|secret|client_secret|apikey|cookie)(["']?\s*[=:]\s*["']?)(?!["'\s]|refresh_token_|invalid_)[^\s"',;&]{6,}/gi,
    "$1$2…",
  ],
  [/\b(?:sk|rt|pk|xox[a-z]|gh[a-z]|glpat|AIza)[-_][\w-]{12,}/g, "…"],
  [/(openclaw-oauth-refresh-fence:v1:)\S+/g, "$1…"],
];

/** A line without what looks like a secret. */
export function redact(text: string): string {
  return SECRETS.reduce((redacted, [pattern, instead]) => redacted.replace(pattern, instead), text);
}
