import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver, Reply } from "../../engine/case.js";
import { faultsOf, sampled } from "../support/faults.js";
import { bytesOf, guardOf, isThere, lockOf } from "../support/files.js";
import { type Fault, faultText, suffering } from "../support/injection.js";
import { excuseIntents } from "../support/intents.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import { described, familyLives, refresh, sentOnce, startRefresh, storedNewest } from "../support/refreshing.js";
import { ODD_STORE, ODD_STORE_EDITED, startUpdate, TO_NEW, update } from "../support/stores.js";
import { fresh } from "../support/team.js";

const UPDATES = 80;
const REFRESHES = 50;
const RETRY_MS = 4_000;
const CONTRACT = /^(file_lock|store|refresh)_[a-z_]+$/;

export const savingUnderErrors: CaseDefinition = {
  id: "saving-under-errors",
  title: "An error of any system call tears no store, loses no refreshed login and sends no token twice",
  group: "faults",
  level: "MUST",
  rules: ["STORE-7", "REFRESH-3", "REFRESH-5", "REFRESH-7"],
  field: [36, 71, 77],
  profile: "refresh",
  needs: ["basic", "reclaim", "store", "refresh"],
  environment: ["linux", "root", "strace"],
  how: "strace makes one system call after another fail in a process that edits a store, and in one that refreshes a login. Each must succeed or be refused with a code of the contract; the store is the old one or the new one, whole, and the new one where that was answered. Once the error is gone another process edits the store, and then the first one does. A login for which a request was answered is stored, or handed back and saved on the second try; no token is sent twice, and the login lives. No lock and no guard stays.",
  timeoutMs: 1_800_000,
  async run(context: CaseContext) {
    const other = await context.spawn();
    const victim = await fresh(context);
    await updates(context, victim, other);
    await refreshes(context, victim, other);
  },
};

async function updates(context: CaseContext, victim: Driver, other: Driver): Promise<void> {
  const path = context.target("updates/odd.json");
  let hit = 0;
  for (const fault of sampled(context, faultsOf(path, { store: true }), UPDATES)) {
    writeFileSync(path, ODD_STORE);
    const { result, hits } = await suffering(context, victim, fault, async () => {
      return startUpdate(context, victim, path, TO_NEW, { timeoutMs: 300 }).reply;
    });
    hit += hits.length;
    const told = (what: string) => (): string => `update: ${faultText(fault)}: ${what}\n  ${hits.join("\n  ")}`;
    const bytes = bytesOf(path);
    typed(context, result, told);
    context.check("store-whole", bytes === ODD_STORE || bytes === ODD_STORE_EDITED, told(bytes.slice(0, 200)));
    if (result?.status === "ok") context.check("really-saved", bytes === ODD_STORE_EDITED, told("it is the old store"));
    for (const next of [other, victim]) {
      writeFileSync(path, ODD_STORE);
      const reply = await update(context, next, path, TO_NEW, { timeoutMs: 4_000 });
      context.check("works-again", reply.status === "ok", told(`then ${next.name} was ${described(reply)}`));
    }
    await nothingStays(context, path, told);
  }
  context.check("errors-came", hit >= UPDATES / 8, () => `update: ${hit}`);
  const left = readdirSync(dirname(path)).filter((name) => name.startsWith(".openclaw-"));
  for (const name of left) context.excuse(join(dirname(path), name), "what could not be unlinked is swept by age");
}

async function refreshes(context: CaseContext, victim: Driver, other: Driver): Promise<void> {
  const first = await expiredPlace(context, { store: "login-first/store.json" });
  let hit = 0;
  const faults = sampled(context, faultsOf("", { store: true }), REFRESHES);
  for (const [index, { paths, ...fault }] of faults.entries()) {
    const place = await anotherPlace(context, first, `login-${index}/store.json`);
    const { store } = place;
    const onLock = paths === undefined ? {} : { paths: [lockOf(store), guardOf(store), store] };
    hit += await oneRefresh(context, victim, other, place, { ...fault, ...onLock });
  }
  context.check("errors-came", hit >= REFRESHES / 10, () => `refresh: ${hit}`);
  familyLives(context, first);
}

async function oneRefresh(
  context: CaseContext,
  victim: Driver,
  other: Driver,
  place: Place,
  fault: Fault,
): Promise<number> {
  const before = place.server.requests.length;
  const { result, hits } = await suffering(context, victim, fault, async () => {
    return startRefresh(context, victim, place, { options: { timeoutMs: 300 } }).reply;
  });
  const told = (what: string) => (): string => `refresh: ${faultText(fault)}: ${what}\n  ${hits.join("\n  ")}`;
  typed(context, result, told);
  const hasPosted = place.server.requests.length > before;
  let saved = result;
  if (result?.status === "refused" && result.code === "refresh_not_saved") {
    saved = await victim.call("retry-save", { handle: result.error["handle"] }, { timeoutMs: 30_000 });
    context.check("saved-later", saved.status === "ok", told(`retry-save was ${described(saved)}`));
  }
  if (hasPosted) {
    context.check("not-lost", saved?.status === "ok", told(`a request was answered, but it was ${textOf(saved)}`));
  }
  if (saved?.status === "ok") storedNewest(context, place);
  const next = await refresh(context, other, place, { options: { timeoutMs: 4_000 } });
  context.check("next-has-it", next.status === "ok", told(`the next caller was ${described(next)}`));
  sentOnce(context, place);
  context.check("family-alive", place.server.isAlive(place.login), told("the login was revoked"));
  await nothingStays(context, place.store, told);
  excuseIntents(context, dirname(place.store));
  return hits.length;
}

type Told = (what: string) => () => string;

const textOf = (reply: Reply | undefined): string => (reply === undefined ? "ended" : described(reply));

function typed(context: CaseContext, reply: Reply | undefined, told: Told): void {
  const isTyped = reply?.status === "ok" || (reply?.status === "refused" && CONTRACT.test(reply.code));
  context.check("typed", isTyped, told(textOf(reply)));
}

/** What could not be unlinked may be tried again a little later. */
async function nothingStays(context: CaseContext, path: string, told: Told): Promise<void> {
  const there = (): string[] => [lockOf(path), guardOf(path)].filter(isThere);
  const deadline = performance.now() + context.limit(RETRY_MS);
  while (there().length > 0 && performance.now() < deadline) await context.sleep(20);
  const left = there();
  context.check("nothing-stays", left.length === 0, told(`${left.join(", ")} stayed`));
}
