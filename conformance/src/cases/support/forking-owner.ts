import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { CaseContext, SpawnOptions } from "../../engine/case.js";
import { askWitness } from "../../engine/judge/witnesses.js";
import { lockOf } from "./files.js";

/** A holder that breaks WITNESS-4: it forks with its witness open. It dies when it reads a line, its child when a file appears. */
const SCRIPT = String.raw`
import json, os, secrets, socket, sys, time
target, stop = sys.argv[1:3]
directory, lock = os.path.dirname(target), target + ".lock"
name = ".openclaw-lock-%s" % secrets.token_hex(8)
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(os.path.join(directory, name + ".tmp"))
os.chmod(os.path.join(directory, name + ".tmp"), 0o666)
server.listen(64)
os.rename(os.path.join(directory, name + ".tmp"), os.path.join(directory, name + ".sock"))
with open("/proc/self/stat") as stat:
    start = int(stat.read().rpartition(")")[2].split()[19])
token = secrets.token_hex(16)
payload = {
    "pid": os.getpid(),
    "createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
    "starttime": start,
    "protocol": 1,
    "token": token,
    "platform": "linux",
    "bootId": open("/proc/sys/kernel/random/boot_id").read().strip(),
    "pidNamespace": os.readlink("/proc/self/ns/pid"),
    "timeNamespace": os.readlink("/proc/self/ns/time"),
    "dev": str(os.stat(directory).st_dev),
    "heartbeatMs": 10000,
    "witness": name + ".sock",
}
candidate = os.path.join(directory, ".openclaw-lock-%s.tmp" % token)
with open(candidate, "x") as file:
    file.write(json.dumps(payload, indent=2) + "\n")
os.link(candidate, lock)
os.unlink(candidate)
if os.fork() == 0:
    sys.stdin.close()
    while not os.path.exists(stop):
        time.sleep(0.01)
    os._exit(0)
print(name + ".sock", flush=True)
sys.stdin.readline()
os._exit(0)
`;

// Its first process outlives the owner: the fork goes on in the same namespace.
const STAYS = ["sh", "-c", '"$@"; echo dead; sleep 36000', "sh"];

export interface ForkingOwner {
  /** Ends, and leaves its fork. */
  die(): Promise<void>;
  endFork(): Promise<void>;
}

/** Holds the lock of a target in the place, as a helper does, and has forked. */
export async function forkingOwner(context: CaseContext, target: string, place: SpawnOptions): Promise<ForkingOwner> {
  const stop = `${target}.stop`;
  const [program = "", ...args] = [...(place.wrapper ?? []), ...STAYS, "python3", "-c", SCRIPT, target, stop];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  context.cleanup(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => said.push(line));
  await context.until("the owner holds and has forked", () => said.length > 0);
  context.planted(lockOf(target));
  const witness = join(dirname(target), said[0]!);
  context.excuse(witness, "the case's own owner made it");
  return {
    die: async () => {
      child.stdin.write("\n");
      await context.until("the owner is dead", () => said.includes("dead"));
    },
    endFork: async () => {
      writeFileSync(stop, "");
      await context.until("the fork has ended", async () => (await askWitness(witness)) === "refused");
    },
  };
}
