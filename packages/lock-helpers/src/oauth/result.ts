import { type Credential, expiresOf, tokensOf } from "./credential.js";
import type { RefreshResult } from "./errors.js";

export function resultOf(how: RefreshResult["how"], credential: Credential): RefreshResult {
  const [, access] = tokensOf(credential);
  return { how, access, expires: expiresOf(credential), credential };
}
