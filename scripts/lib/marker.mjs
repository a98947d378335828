import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** One hash over texts and the contents of files; a file that is missing counts as empty. */
export function hashOf({ texts = [], files = [] }) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : "").update("\0");
  return hash.digest("hex");
}

/**
 * Runs `work` unless the marker file already holds `hash`, and answers its exit status. The marker is written only after
 * success; its folder must be there by then.
 */
export function onceFor(marker, hash, work) {
  if (existsSync(marker) && readFileSync(marker, "utf8") === hash) return 0;
  const status = work();
  if (status === 0) writeFileSync(marker, hash);
  return status;
}
