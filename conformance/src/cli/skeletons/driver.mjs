// A driver for the lock conformance suite, to be filled in (spec/driver.md).
// JSON Lines: a request on standard input, its reply on standard output, with the same id. Standard error is a log.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const capabilities = []; // add "basic" once acquire, release, verify and loop are written

const held = new Map(); // handle -> whatever your library gives for a lock

/** The contract's own outcome (spec/errors.md), not a failure of the driver. */
class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const verbs = {
  hello: () => ({
    protocol: 1,
    name: "mine",
    version: "0.0.0",
    language: "javascript",
    platform: process.platform,
    pid: process.pid,
    capabilities,
  }),
  acquire: async ({ target }) => {
    // const lock = await yourLibrary.acquire(target, options); held.set(handle, lock);
    // return { lockPath, waitedMs, waits: 0, token };
    // On your library's time-out: throw new Refused("file_lock_timeout", error.message);
    throw new Error(`acquire of ${target} is not written yet (${held.size} held)`);
  },
  release: async () => {
    throw new Error("release is not written yet");
  },
  verify: async () => {
    throw new Error("verify is not written yet");
  },
  loop: async () => {
    throw new Error("loop is not written yet");
  },
  bye: () => ({}),
};

const write = (message) => writeSync(1, `${JSON.stringify(message)}\n`);

async function answer(request) {
  const { id, verb } = request;
  try {
    if (!Object.hasOwn(verbs, verb)) throw new Error(`unknown verb ${verb}`);
    write({ id, status: "ok", ...(await verbs[verb](request)) });
  } catch (error) {
    if (error instanceof Refused) write({ id, status: "refused", code: error.code, error: { message: error.message } });
    else write({ id, status: "error", message: String(error) });
  }
  if (verb === "bye") process.exit(0);
}

const lines = createInterface({ input: process.stdin });
// Not awaited: an acquire that waits must not keep the driver from answering others.
lines.on("line", (line) => void answer(JSON.parse(line)));
lines.on("close", () => process.exit(0));
