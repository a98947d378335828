import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { timed } from "../support/expect.js";
import { isRoot } from "../support/machine.js";
import { askPure } from "../support/pure.js";
import { likeness, namesBeside, ODD_STORE, storeRefused, succeeded, update } from "../support/stores.js";
import { storeVectors } from "../support/vectors.js";

/** Each makes something at the path that cannot be replaced. */
const OBJECTS: Readonly<Record<string, (context: CaseContext, path: string) => void | Promise<void>>> = {
  symlink: (context, path) => {
    const behind = context.target("stores/behind.json");
    writeFileSync(behind, ODD_STORE);
    symlinkSync(behind, path);
  },
  directory: (_context, path) => mkdirSync(path),
  fifo: (context: CaseContext, path: string) => {
    const { status } = spawnSync("mkfifo", [path]);
    context.require("made", status === 0, "no FIFO could be made");
  },
  socket: async (context, path) => {
    const server = createServer().listen(path);
    await once(server, "listening");
    context.cleanup(() => void server.close());
  },
  "hard-link": (_context, path) => {
    writeFileSync(path, ODD_STORE);
    linkSync(path, `${path}.other-name`);
  },
};

export const storeUnsupported: CaseDefinition = {
  id: "store-unsupported",
  title: "What cannot be replaced is refused before anything is made, and says what it is",
  group: "store",
  level: "MUST",
  rules: ["STORE-1", "STORE-8"],
  field: [39, 40, 41, 42, 79],
  profile: "refresh",
  needs: ["store"],
  environment: ["linux"],
  parallel: true,
  how: "A symbolic link, a directory, a FIFO, a socket, a file with two names and (as root) a mount point stand at the store's path. Each update must be refused at once with store_unsupported and its kind; the object, what is behind it and the directory must be as they were. A read follows the link, and does not wait for the FIFO. Every vector of /proc/self/mountinfo is understood.",
  timeoutMs: 60_000,
  async run(context) {
    const driver = await context.spawn();
    for (const [kind, make] of Object.entries(OBJECTS)) {
      const path = context.target(`stores/${kind}.json`);
      rmSync(path);
      await make(context, path);
      await isRefused(context, path, kind);
      const { result, ms } = await timed(() => driver.call("store-read", { path }));
      context.check("read-at-once", ms < context.limit(5_000), () => `reading a ${kind} took ${Math.round(ms)} ms`);
      if (kind === "symlink" || kind === "hard-link") succeeded(context, `read-${kind}`, result, "it is a file");
      else context.check(`read-${kind}`, result.status === "refused", `a ${kind} was read`);
    }
    if (isRoot()) await mountPoint(context);
    const mounts = storeVectors().filter(({ mountinfo }) => mountinfo !== undefined);
    const questions = mounts.map(({ name, mountinfo, path, expect }) => ({
      name,
      verb: "store-mounted",
      fields: { mountinfo, path },
      expect,
    }));
    await askPure(context, "mountinfo", driver, questions);
  },
};

async function mountPoint(context: CaseContext): Promise<void> {
  const path = context.target("stores/mounted here.json");
  const source = context.target("stores/source.json");
  writeFileSync(source, ODD_STORE);
  const { status } = spawnSync("mount", ["--bind", source, path]);
  context.cleanup(() => void spawnSync("umount", [path]));
  if (status === 0) await isRefused(context, path, "mount-point");
}

async function isRefused(context: CaseContext, path: string, kind: string): Promise<void> {
  const before = { itself: likeness(path), names: namesBeside(path) };
  const { result, ms } = await timed(async () => update(context, await context.spawn(), path));
  storeRefused(context, `refuses-${kind}`, result, "store_unsupported", `there is a ${kind}`, kind);
  context.check("at-once", ms < context.limit(5_000), () => `a ${kind} was refused after ${Math.round(ms)} ms`);
  context.check("untouched", likeness(path) === before.itself, () => `the ${kind} has changed`);
  context.check(
    "nothing-made",
    namesBeside(path) === before.names,
    () => `${namesBeside(path)} instead of ${before.names}`,
  );
}
