import { createHash } from "node:crypto";
import { tokensOf } from "./credential.js";

const DOMAIN = "openclaw-refresh-generation:v1";

/** Digest of what a refresh consumes and replaces (spec/refresh.md), in hex; undefined where that cannot be told apart. */
export function generationOf(credential: unknown): string | undefined {
  const parts = [DOMAIN, ...tokensOf(credential)];
  if (parts.some((part) => /\0|\p{Cs}/u.test(part))) return undefined;
  return createHash("sha256").update(parts.join("\0"), "utf8").digest("hex");
}
