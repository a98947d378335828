import type { CaseContext, Driver, OkReply, Pending, RefusalError, Reply } from "../../engine/case.js";
import type { TokenRequest } from "../../oauth-server/plan.js";
import { digest } from "../../oauth-server/tokens.js";
import { credentialIn, type Place } from "./logins.js";

export interface RefreshFields {
  readonly rejected?: string;
  readonly resend?: "never" | "if-dead";
  readonly callTimeoutMs?: number;
  readonly options?: { readonly timeoutMs?: number; readonly staleMs?: number };
  readonly locks?: readonly string[];
  readonly intents?: string;
}

/** How long a refresh may take that nothing stands in the way of. */
const CALL_MS = 60_000;

/** A refresh of the place's login, under way. */
export function startRefresh(context: CaseContext, driver: Driver, place: Place, fields: RefreshFields = {}): Pending {
  const { server, store, at } = place;
  const options = { timeoutMs: context.limit(30_000), ...fields.options };
  const common = { store, at, url: server.url, clientId: server.clientId };
  return driver.start("refresh", { ...common, ...fields, options }, { timeoutMs: CALL_MS });
}

/** The same, and its answer. */
export async function refresh(
  context: CaseContext,
  driver: Driver,
  place: Place,
  fields: RefreshFields = {},
): Promise<Reply> {
  return answerOf(context, startRefresh(context, driver, place, fields));
}

export async function answerOf(context: CaseContext, pending: Pending): Promise<Reply> {
  const reply = await pending.reply;
  context.require("answers", reply !== undefined, "the process has ended before it answered");
  return reply;
}

export const described = (reply: Reply): string =>
  reply.status === "ok" ? `answered ${String(reply["how"])}` : `refused with ${reply.code}: ${reply.error?.message}`;

/** The answer has a credential; ends the case otherwise. */
export function gotToken(
  context: CaseContext,
  check: string,
  reply: Reply,
  how: string | readonly string[],
  why: string,
): OkReply {
  const isRight = reply.status === "ok" && [how].flat().includes(String(reply["how"]));
  context.require(check, isRight, () => `${why}, but it was ${described(reply)}, not ${[how].flat().join(" or ")}`);
  return reply as OkReply;
}

/** A wait has ended with this token; ends the case otherwise. */
export function gotWaited(context: CaseContext, check: string, reply: Reply, access: string, why: string): void {
  const isRight = reply.status === "ok" && reply["access"] === access;
  context.require(
    check,
    isRight,
    () => `${why}, but it ${reply.status === "ok" ? "has another token" : described(reply)}`,
  );
}

/** The answer is one of these refusals; ends the case otherwise. */
export function refused(
  context: CaseContext,
  check: string,
  reply: Reply,
  codes: string | readonly string[],
  why: string,
): RefusalError {
  const isRight = reply.status === "refused" && [codes].flat().includes(reply.code);
  context.require(check, isRight, () => `${why}, but it was ${described(reply)}, not refused with ${codes}`);
  return (reply as { error: RefusalError }).error ?? { message: "" };
}

/** No token was sent twice: what the whole contract is for. */
export function sentOnce(context: CaseContext, place: Place, check = "token-sent-once"): void {
  const twice = [...place.server.counts()].filter(([, count]) => count > 1);
  context.check(check, twice.length === 0, () =>
    twice.map(([token, count]) => `token ${digest(token)} was sent ${count} times`).join(", "),
  );
}

export function posts(context: CaseContext, check: string, place: Place, count: number, why: string): void {
  const { requests } = place.server;
  context.check(check, requests.length === count, () => `${why}: ${requests.length} requests instead of ${count}`);
}

/** Every request had a connection of its own: a client that keeps one may send a request again when it breaks. */
export function nothingReused(context: CaseContext, { server }: Place): void {
  const reused = server.requests.filter(({ earlierOnConnection }) => earlierOnConnection > 0);
  context.check(
    "no-connection-reused",
    reused.length === 0,
    () => `${reused.length} requests came over a used connection`,
  );
}

/** The login can still be refreshed. */
export function familyLives(context: CaseContext, place: Place, check = "family-alive"): void {
  const spent = [...place.server.counts()].map(([token, count]) => `${digest(token)} ${count} times`).join(", ");
  context.check(check, place.server.isAlive(place.login), () => `the provider has revoked the login; sent: ${spent}`);
}

/** The store has the newest credential that the server has issued. */
export function storedNewest(context: CaseContext, place: Place, check = "newest-stored"): void {
  const stored = credentialIn(place.store, place.at);
  const { newest } = place.server.tokens;
  const isNewest = stored?.["access"] === newest?.access && stored?.["refresh"] === newest?.refresh;
  context.check(check, isNewest, () => `stored is number ${place.server.tokens.rankOf(String(stored?.["access"]))}`);
}

/** The answer is what is stored. */
export function answersStored(
  context: CaseContext,
  place: Place,
  reply: OkReply,
  check = "answers-what-is-stored",
): void {
  const { access, expires } = credentialIn(place.store, place.at) ?? {};
  context.check(check, reply["access"] === access, "the access token of the answer is not the stored one");
  context.check(
    check,
    reply["expires"] === expires,
    () => `expires is ${reply["expires"]}, stored is ${String(expires)}`,
  );
}

/** Waits for a request, and fails the case when it does not come. */
export async function arrives(
  context: CaseContext,
  what: string,
  request: Promise<TokenRequest>,
): Promise<TokenRequest> {
  let arrived: TokenRequest | undefined;
  void request.then((one) => {
    arrived = one;
  });
  await context.until(what, () => arrived !== undefined, 20_000);
  return arrived!;
}
