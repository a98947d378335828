import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { keeps } from "../support/expect.js";
import { bytesOf } from "../support/files.js";
import { nothingBeside } from "../support/intents.js";
import { expired, expiredPlace, type Place, putCredential } from "../support/logins.js";
import {
  answerOf,
  arrives,
  familyLives,
  gotToken,
  posts,
  refresh,
  refused,
  sentOnce,
  startRefresh,
  storedNewest,
} from "../support/refreshing.js";

export const saveFails: CaseDefinition = {
  id: "save-fails",
  title: "No token is spent whose successor could not be saved, and a disk that fills up meanwhile does no harm",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-6", "STORE-8"],
  field: [36, 71, 79],
  profile: "refresh",
  needs: ["refresh"],
  environment: ["linux", "root"],
  parallel: true,
  how: "On a full tmpfs, and for a store that is a symbolic link or a mount point, a refresh must be refused with the store's code, before anything is sent, and leave nothing. On a tmpfs that fills up while the request is under way, the new credential must be saved all the same.",
  timeoutMs: 60_000,
  async run(context) {
    const template = await expiredPlace(context);
    await fullBefore(context, template);
    await fullMeanwhile(context, template);
    await notReplaceable(context, template);
  },
};

/** The same login in a store on a file system of its own. */
async function onTmpfs(context: CaseContext, { server, at }: Place, name: string, size: string): Promise<Place> {
  const directory = join(dirname(context.target()), name);
  mkdirSync(directory);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=777`, "none", directory]);
  context.require("mounted", status === 0, "a tmpfs could not be mounted");
  context.cleanup(() => void spawnSync("umount", ["-l", directory]));
  const login = await server.login();
  const place = { server, login, store: join(directory, "store.json"), at };
  writeFileSync(place.store, '{"profiles":{}}\n');
  putCredential(place, expired(login));
  return place;
}

/** There is room for the lock and the intent, but not for the store once more and what it may grow by. */
async function fullBefore(context: CaseContext, template: Place): Promise<void> {
  const place = await onTmpfs(context, template, "full", "128k");
  const filler = join(dirname(place.store), "filler");
  writeFileSync(filler, "x".repeat(72_000));
  const bytes = bytesOf(place.store);
  const driver = await context.spawn();
  const error = refused(
    context,
    "no-room",
    await refresh(context, driver, place),
    "store_io",
    "there is no room for a successor",
  );
  context.check("errno", error.errno === "ENOSPC", () => `errno is ${error.errno}`);
  posts(context, "nothing-sent", place, 0, "there is no room for a successor");
  keeps(context, "untouched", place.store, bytes, "it was refused");
  nothingBeside(context, "nothing-left", place);
  rmSync(filler);
  gotToken(context, "works-again", await refresh(context, driver, place), "refreshed", "there is room again");
  storedNewest(context, place);
}

async function fullMeanwhile(context: CaseContext, template: Place): Promise<void> {
  const place = await onTmpfs(context, template, "filling", "512k");
  const { server } = place;
  const n = server.requests.length + 1;
  server.next({ after: "hold" });
  const pending = startRefresh(context, await context.spawn(), place);
  await arrives(context, "a request", server.holding(n));
  // Whatever is left of it.
  spawnSync("dd", ["if=/dev/zero", `of=${join(dirname(place.store), "filler")}`, "bs=4k"], { stdio: "ignore" });
  server.release();
  gotToken(context, "saved-all-the-same", await answerOf(context, pending), "refreshed", "the room was reserved");
  storedNewest(context, place);
  posts(context, "one-post", place, n, "the disk filled up");
  sentOnce(context, place);
  familyLives(context, place);
  nothingBeside(context, "nothing-left", place);
}

async function notReplaceable(context: CaseContext, template: Place): Promise<void> {
  const { server, at } = template;
  const driver = await context.spawn();
  const link = context.target("linked/store.json");
  rmSync(link);
  symlinkSync(template.store, link);
  const mounted = context.target("mounted/store.json");
  spawnSync("mount", ["--bind", template.store, mounted]);
  context.cleanup(() => void spawnSync("umount", [mounted]));
  const before = server.requests.length;
  for (const [kind, store] of [
    ["symlink", link],
    ["mount-point", mounted],
  ] as const) {
    const place = { ...template, store, at };
    const error = refused(context, kind, await refresh(context, driver, place), "store_unsupported", `it is a ${kind}`);
    context.check("kind", error.kind === kind, () => `kind is ${error.kind}`);
    posts(context, "nothing-sent", place, before, `the store is a ${kind}`);
    nothingBeside(context, "nothing-left", place);
  }
  chmodSync(template.store, 0o666);
}
