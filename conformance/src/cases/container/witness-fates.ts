import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, CaseDefinition, Driver } from "../../engine/case.js";
import { AS_OTHER_USER, CONTAINER, wrapped } from "../support/containers.js";
import { together } from "../support/expect.js";
import { listen, plantNeighbour, witnessName } from "../support/neighbours.js";
import { fresh } from "../support/team.js";
import { BEYOND_WATCH } from "../support/times.js";
import { keptFromTaking, takenAtOnce } from "../support/verdicts.js";

export const witnessFates: CaseDefinition = {
  id: "witness-fates",
  title: "Only a socket at the witness's own name says anything of its owner",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-7", "WITNESS-8", "PAYLOAD-9", "VERDICT-2"],
  field: [40, 41, 49],
  profile: "container",
  needs: ["basic", "reclaim", "witness"],
  environment: ["linux", "root", "unshare"],
  parallel: true,
  how: "Locks of another container, untouched for an hour, name a witness. It answers: kept. It refuses: taken at once, but not where the lock recorded another device or another boot. It was unlinked, may not be asked, is a file, a FIFO, a directory, a link to a socket that answers or to one that refuses, or its name leads elsewhere: kept, and no other socket is ever connected to.",
  timeoutMs: 120_000,
  async run(context) {
    const [contender, stranger] = await Promise.all([
      fresh(context, CONTAINER),
      fresh(context, wrapped(CONTAINER, AS_OTHER_USER)),
    ]);
    await together([
      answering(context, contender),
      refusing(context, contender),
      ...Object.entries(OBJECTS).map(([name, make]) => isNoSocket(context, contender, name, make)),
      linked(context, contender),
      elsewhere(context, contender),
      forbidden(context, stranger),
    ]);
  },
};

async function answering(context: CaseContext, contender: Driver): Promise<void> {
  const target = context.target("answers/file.json");
  const witness = await listen(context, target);
  plantNeighbour(context, target, { witness: witness.name });
  await keptFromTaking(context, contender, target, "answers-kept", "its witness answers", BEYOND_WATCH);
  context.check("answers-asked", witness.asked > 0, "nobody has asked the witness");
}

async function refusing(context: CaseContext, contender: Driver): Promise<void> {
  const scenes = { refused: {}, "other-device": { other: { dev: "1" } }, "other-boot": { otherBoot: true } };
  for (const [name, planting] of Object.entries(scenes)) {
    const target = context.target(`${name}/file.json`);
    const witness = await listen(context, target);
    await witness.die();
    plantNeighbour(context, target, { ...planting, witness: witness.name, mtime: new Date() });
    if (name === "refused") await takenAtOnce(context, contender, target, name, "its witness refuses");
    else
      await keptFromTaking(context, contender, target, `${name}-kept`, "a living one refuses too, seen from there", {
        staleMs: 30_000,
      });
  }
}

const OBJECTS: Readonly<Record<string, (path: string) => void>> = {
  unlinked: () => {},
  file: (path) => writeFileSync(path, "no socket\n"),
  fifo: (path) => spawnSync("mkfifo", [path]),
  directory: (path) => mkdirSync(path),
};

async function isNoSocket(
  context: CaseContext,
  contender: Driver,
  name: string,
  make: (path: string) => void,
): Promise<void> {
  const target = context.target(`${name}/file.json`);
  const witness = witnessName();
  const path = join(dirname(target), witness);
  context.excuse(path, "the case put it there");
  make(path);
  plantNeighbour(context, target, { witness });
  await keptFromTaking(context, contender, target, `${name}-kept`, "there is no witness to be asked", BEYOND_WATCH);
}

/** Of a link one that refuses is the more dangerous: it would be proof of death. */
async function linked(context: CaseContext, contender: Driver): Promise<void> {
  const other = await listen(context, context.target("private/file.json"));
  const dead = await listen(context, context.target("private/file.json"));
  await dead.die();
  const scenes = { link: other.path, "link-to-the-dead": dead.path };
  const waiting = Object.entries(scenes).map(([name, to]) => {
    const target = context.target(`${name}/file.json`);
    const witness = witnessName();
    const path = join(dirname(target), witness);
    context.excuse(path, "the case put it there");
    symlinkSync(to, path);
    plantNeighbour(context, target, { witness });
    return keptFromTaking(context, contender, target, `${name}-kept`, "a link is no witness", BEYOND_WATCH);
  });
  await together(waiting);
  context.check("link-not-followed", other.asked === 0, "the socket behind the link was connected to");
}

/** A lock is what anybody can write: its witness is a bare name of the one form. */
async function elsewhere(context: CaseContext, contender: Driver): Promise<void> {
  const listener = await listen(context, context.target("secret/file.json"));
  const dead = await listen(context, context.target("secret/file.json"));
  await dead.die();
  const names = {
    absolute: listener.path,
    above: `../secret/${dead.name}`,
    "above-living": `../secret/${listener.name}`,
    "in-capitals": witnessName().toUpperCase(),
  };
  for (const [name, witness] of Object.entries(names)) {
    const target = context.target(`${name}/file.json`);
    plantNeighbour(context, target, { witness });
    await keptFromTaking(context, contender, target, `${name}-kept`, "that is no name of a witness");
  }
  context.check("names-lead-nowhere", listener.asked === 0, "a socket in another directory was connected to");
}

/** Another user may not ask: that says nothing, of a living or of a dead one, until he may. */
async function forbidden(context: CaseContext, stranger: Driver): Promise<void> {
  const target = context.target("forbidden/file.json");
  const witness = await listen(context, target);
  chmodSync(witness.path, 0o700);
  await witness.die();
  plantNeighbour(context, target, { witness: witness.name });
  await keptFromTaking(context, stranger, target, "forbidden-kept", "it may not be asked", BEYOND_WATCH);
  chmodSync(witness.path, 0o666);
  await takenAtOnce(context, stranger, target, "allowed-taken", "its witness refuses");
  rmSync(witness.path);
}
