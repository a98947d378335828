import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { excuseIntents, intentOf, intentText, nothingBeside, plantIntent } from "../support/intents.js";
import { anotherPlace, expiredPlace, type Place } from "../support/logins.js";
import { deadPid } from "../support/processes.js";
import { familyLives, gotToken, posts, refresh, refused, sentOnce, storedNewest } from "../support/refreshing.js";
import { crew, helpers } from "../support/team.js";

const dead = () => ({ pid: deadPid(), starttime: 1 });

export const resendIfDead: CaseDefinition = {
  id: "resend-if-dead",
  title: "A token whose sender is dead is sent again by one of those who take the risk, and by nobody else",
  group: "refresh",
  level: "MUST",
  rules: ["REFRESH-4", "REFRESH-5"],
  field: [24, 73],
  profile: "refresh",
  needs: ["refresh", "reclaim"],
  columns: ["own", "mix"],
  how: "The intent of a dead process is there, sent, rejected or unknown. Without the option every caller is refused and sends nothing. With `resend: if-dead` ten processes at once make one request between them, and all get its token. An intent that cannot be read or parsed (garbage, a directory, a link, a FIFO, too long) is an unknown outcome with the option too.",
  timeoutMs: 120_000,
  async run(context) {
    const first = await expiredPlace(context, { store: "states/store.json" });
    first.server.always({ delayMs: 30 });
    const everybody = await crew(context, helpers(context), 10);
    for (let round = 0; round < context.pick(4, 30); round += 1) {
      for (const state of ["sent", "unknown", "rejected"] as const) {
        const place = await anotherPlace(context, first, `${state}-${round}/store.json`);
        const before = place.server.requests.length;
        plantIntent(context, place, dead(), { state, ...(state === "rejected" ? { reason: "invalid_grant" } : {}) });
        const code = state === "rejected" ? "refresh_rejected" : "refresh_outcome_unknown";
        refused(context, "not-by-itself", await refresh(context, everybody[0]!, place), code, `the intent is ${state}`);
        posts(context, "sends-nothing", place, before, `the intent is ${state}`);
        const replies = await Promise.all(
          everybody.map((driver) => refresh(context, driver, place, { resend: "if-dead" })),
        );
        for (const reply of replies)
          gotToken(context, "all-get-it", reply, ["fresh", "adopted", "refreshed"], "one resends");
        posts(context, "one-post", place, before + 1, `ten take the risk with an intent that is ${state}`);
        storedNewest(context, place);
        sentOnce(context, place);
        familyLives(context, place);
        nothingBeside(context, "nothing-stays", place);
      }
    }
    await unreadable(context, first);
  },
};

type Make = (path: string, place: Place) => void;

const UNREADABLE: Readonly<Record<string, Make>> = {
  garbage: (path) => writeFileSync(path, "garbage"),
  empty: (path) => writeFileSync(path, ""),
  directory: (path) => mkdirSync(path),
  link: (path, place) => {
    writeFileSync(`${path}.behind`, intentText(path, place.login, dead(), { state: "sent" }));
    symlinkSync(`${path}.behind`, path);
  },
  fifo: (path) => void spawnSync("mkfifo", [path]),
  "too-long": (path, place) =>
    writeFileSync(path, intentText(path, place.login, dead(), { state: "sent" }) + " ".repeat(70_000)),
  "no-state": (path, place) =>
    writeFileSync(path, intentText(path, place.login, dead(), { state: "sent" }).replace('"sent"', '"done"')),
};

async function unreadable(context: CaseContext, first: Place): Promise<void> {
  for (const [name, make] of Object.entries(UNREADABLE)) {
    const place = await anotherPlace(context, first, `${name}/store.json`);
    const path = intentOf(dirname(place.store), place.login);
    make(path, place);
    if (name !== "directory" && name !== "link" && name !== "fifo") chmodSync(path, 0o600);
    context.planted(path);
    const before = place.server.requests.length;
    for (const resend of ["never", "if-dead"] as const) {
      const reply = await refresh(context, await context.spawn(), place, { resend });
      refused(context, "unreadable", reply, "refresh_outcome_unknown", `the intent is ${name}`);
    }
    posts(context, "unreadable-sends-nothing", place, before, `the intent is ${name}`);
    excuseIntents(context, dirname(place.store));
    rmSync(`${path}.behind`, { force: true });
  }
}
