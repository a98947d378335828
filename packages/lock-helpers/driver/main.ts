import { createInterface } from "node:readline";
import { isMainThread } from "node:worker_threads";
import { VERSION } from "../src/index.js";
import { child, runWorker } from "./children.js";
import { abandoned, foreign, kernelLocks } from "./foreigners.js";
import { body, nested, threads } from "./forms.js";
import { acquire, adopt, awaitLost, cancel, release, verify } from "./locks.js";
import { loop } from "./loop.js";
import { cachePut, credential, credentialOwner, openclawRefresh, openclawWait, statePaths } from "./openclaw.js";
import { arm } from "./points.js";
import { number, type Request, text, writeLine } from "./protocol.js";
import { fresh, generation, merge, refresh, retrySave } from "./refreshes.js";
import { replyTo } from "./refusal.js";
import { onSignals } from "./signals.js";
import { edit, mounted, parse, read, update } from "./stores.js";
import { classifyBytes, inspect, judgeEvidence, observeVector } from "./verdicts.js";

const NAME = "typescript";

const CAPABILITIES = [
  "basic",
  "cancel",
  "lost",
  "inspect",
  "judge",
  "observe",
  "classify",
  "body",
  "nested",
  "threads",
  "points",
  "reclaim",
  "guard",
  "detail",
  "process",
  "witness",
  "exit-hook",
  "foreign",
  "signals",
  "exec",
  "worker",
  "adopt",
  "store",
  "refresh",
  "openclaw",
];

type Verb = (request: Request) => Record<string, unknown> | Promise<Record<string, unknown>>;

// spec/driver.md
const VERBS: Readonly<Record<string, Verb>> = {
  hello: () => ({
    protocol: 1,
    name: NAME,
    version: VERSION,
    language: "typescript",
    platform: process.platform,
    pid: process.pid,
    capabilities: CAPABILITIES,
  }),
  acquire,
  release,
  verify,
  "await-lost": (request) => awaitLost(request, number(request, "timeoutMs", 5000)),
  cancel,
  inspect,
  judge: judgeEvidence,
  observe: observeVector,
  classify: classifyBytes,
  foreign,
  "kernel-locks": kernelLocks,
  abandoned,
  body,
  nested,
  threads,
  adopt,
  "store-parse": parse,
  "store-edit": edit,
  "store-read": read,
  "store-update": update,
  "store-mounted": mounted,
  generation,
  fresh,
  merge,
  refresh,
  "retry-save": retrySave,
  "state-paths": statePaths,
  credential,
  "credential-owner": credentialOwner,
  "openclaw-refresh": openclawRefresh,
  "openclaw-wait": openclawWait,
  "cache-put": cachePut,
  loop: (request) => loop(request, NAME),
  arm: (request) => {
    arm(text(request, "point"), text(request, "action"), number(request, "nth", 1));
    return {};
  },
  "release-on-signals": onSignals,
  child,
  chdir: (request) => {
    process.chdir(text(request, "path"));
    return {};
  },
  umask: (request) => {
    process.umask(request.mask as number | string);
    return {};
  },
  bye: () => ({}),
};

async function answer(line: string): Promise<void> {
  let request: Request;
  try {
    request = JSON.parse(line) as Request;
  } catch {
    writeLine({ id: null, status: "error", message: "the line is not JSON" });
    return;
  }
  const { id } = request;
  try {
    const verb = Object.hasOwn(VERBS, request.verb) ? VERBS[request.verb] : undefined;
    if (!verb) throw new TypeError(`unknown verb: ${String(request.verb)}`);
    const reply = await verb(request);
    writeLine({ id, status: "ok", ...reply });
  } catch (error) {
    writeLine({ id, ...replyTo(error) });
  }
  if (request.verb === "bye") process.exit(0);
}

function serve(): void {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    if (line.trim() !== "") void answer(line);
  });
  lines.on("close", () => process.exit(0));
}

if (isMainThread) serve();
else void runWorker();
