import { changesOf, contradicts, isCurrent, isFreshTo } from "../src/oauth/credential.js";
import { generationOf } from "../src/oauth/generation.js";
import { outcomeUnknown, unavailable } from "../src/oauth/outcomes.js";
import { type Credential, RefreshError, type RefreshResult, refreshStored, tokenEndpoint } from "../src/oauth.js";
import { cancellable, optionsOf } from "./locks.js";
import { type Request, readTime, text } from "./protocol.js";
import { findUnsaved } from "./refusal.js";

type Reply = Record<string, unknown>;

export function generation(request: Request): Reply {
  const found = generationOf({ refresh: request.refresh, access: request.access });
  if (found === undefined) throw unavailable("store", "its tokens are not text that could be sent");
  return { generation: found };
}

export function fresh(request: Request): Reply {
  const now = Number(request.now);
  const { first, credential, rejected } = request;
  const freshness = {
    first: first ?? undefined,
    rejected: typeof rejected === "string" ? rejected : undefined,
    isFresh: (given: Credential) => isCurrent(given, now),
  };
  return { fresh: isFreshTo(freshness, credential as Credential) };
}

export function merge(request: Request): Reply {
  const stored = request.stored as Credential;
  const changes = changesOf(request.answer, Number(request.requestedAt));
  if (!changes) throw outcomeUnknown("store", "intent", "the answer has no access token");
  if (contradicts(stored, request.answer)) throw new RefreshError("refresh_identity", "for store", { hint: "sign in" });
  return { credential: { ...stored, ...changes } };
}

/** The options of every verb that refreshes. */
export function refreshOptionsOf(request: Request, signal: AbortSignal) {
  const { rejected, resend, callTimeoutMs } = request;
  const refresh = tokenEndpoint({ url: text(request, "url"), clientId: text(request, "clientId") });
  return {
    ...{ ...optionsOf(request), refresh, signal },
    ...(typeof rejected === "string" && { rejected }),
    ...(resend !== undefined && { resend: resend as "never" }),
    ...(callTimeoutMs !== undefined && { callTimeoutMs: readTime(callTimeoutMs) as number }),
  };
}

export function replyOf({ how, access, expires }: RefreshResult): Reply {
  return { how, access, expires };
}

export async function refresh(request: Request): Promise<Reply> {
  const { at, locks, intents } = request as unknown as { at: string[]; locks?: string[]; intents?: string };
  const store = text(request, "store");
  const where = { store, at, ...(locks && { locks }), ...(intents !== undefined && { intents }) };
  return cancellable(request, async (signal) =>
    replyOf(await refreshStored({ ...refreshOptionsOf(request, signal), ...where })),
  );
}

export async function retrySave(request: Request): Promise<Reply> {
  const { how } = await findUnsaved(text(request, "handle")).retrySave();
  return { how };
}
