import { readFileSync } from "node:fs";
import type { CaseContext } from "../../engine/case.js";
import { digest } from "../../oauth-server/tokens.js";
import type { Place } from "./logins.js";

const LOOK_MS = 2;

/** Looks at a store all the time: it is never torn, and never goes back to a credential older than one that it had. */
export function watchStore(context: CaseContext, place: Place): { stop(): void } {
  let newest = -1;
  let last = "";
  const look = (): void => {
    let text: string;
    try {
      text = readFileSync(place.store, "utf8");
    } catch (error) {
      context.check("store-there", false, `the store cannot be read: ${String(error)}`);
      return;
    }
    if (text === last) return;
    last = text;
    const access = accessIn(text, place.at);
    context.check("store-whole", access !== undefined, () => `the store is torn: ${text.length} bytes`);
    if (access === undefined) return;
    const rank = place.server.tokens.rankOf(access);
    context.check("never-older", rank >= newest, () => `${digest(access)} is number ${rank}, after number ${newest}`);
    newest = Math.max(newest, rank);
  };
  const timer = setInterval(look, LOOK_MS);
  context.cleanup(() => clearInterval(timer));
  return {
    stop: () => {
      clearInterval(timer);
      look();
    },
  };
}

function accessIn(text: string, at: readonly string[]): string | undefined {
  try {
    let value: unknown = JSON.parse(text);
    for (const key of [...at, "access"]) value = (value as Record<string, unknown> | undefined)?.[key];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
