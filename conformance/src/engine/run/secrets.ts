/** Where messages of the driver protocol hold tokens. Those of a loopback server are worth nothing, and still no report shows one. */
const HOLDERS: Readonly<Record<string, readonly string[]>> = {
  adopt: ["unless", "value"],
  "store-read": ["value"],
  "store-update": ["edits"],
  generation: ["refresh", "access"],
  refresh: ["rejected", "access"],
  credential: ["credential", "main"],
  "openclaw-refresh": ["rejected", "access"],
  "openclaw-wait": ["rejected", "access"],
  "cache-put": ["credential"],
};

/** A message as it may be logged. */
export function withoutSecrets(verb: string, message: object): Record<string, unknown> {
  const hidden = HOLDERS[verb] ?? [];
  const shown = Object.entries(message).map(([key, value]) => [key, hidden.includes(key) ? "(not shown)" : value]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}
