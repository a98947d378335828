import type { Worker } from "node:worker_threads";
import { answerOf, doorOf, type WitnessAnswer } from "./ask-witness.js";

// Written without import or require, so that it runs whichever of the two the process was told to evaluate.
const ASK = `
  const net = process.getBuiltinModule("node:net");
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  parentPort.on("message", ({ address, id }) => {
    const tell = (errno) => {
      Atomics.store(workerData, 1, errno);
      Atomics.store(workerData, 0, id);
      Atomics.notify(workerData, 0);
    };
    const socket = net.connect({ path: address });
    socket.once("connect", () => {
      socket.destroy();
      tell(0);
    });
    socket.on("error", (error) => tell(error.errno < 0 ? error.errno : -1));
  });
`;

// A thread that has not even started by then is not worth waiting for: the witness is unknown, which is never death.
const LONGEST_MS = 5000;

/** Asks witnesses while this thread is blocked: another thread connects, and is kept until the asker is closed. */
export class BlockingAsker {
  #thread: { readonly worker: Worker; readonly reply: Int32Array } | undefined;
  #id = 0;

  ask(directory: string, name: string): WitnessAnswer {
    const door = doorOf(directory, name);
    if (!door) return "unknown";
    try {
      return this.#connect(door.address);
    } catch {
      // No threads here, or none left.
      return "unknown";
    } finally {
      door.close();
    }
  }

  #connect(address: string): WitnessAnswer {
    this.#thread ??= start();
    const { worker, reply } = this.#thread;
    const id = ++this.#id;
    const deadline = performance.now() + LONGEST_MS;
    worker.postMessage({ address, id });
    for (;;) {
      const seen = Atomics.load(reply, 0);
      if (seen === id) return answerOf(nameOf(Atomics.load(reply, 1)));
      const left = deadline - performance.now();
      if (left <= 0 || Atomics.wait(reply, 0, seen, left) === "timed-out") return "unknown";
    }
  }

  close(): void {
    void this.#thread?.worker.terminate();
    this.#thread = undefined;
  }
}

function nameOf(errno: number): string | undefined {
  return errno === 0 ? undefined : process.getBuiltinModule("node:util").getSystemErrorName(errno);
}

function start(): { worker: Worker; reply: Int32Array } {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  // Which question is answered, and the errno, 0 for a connection.
  const reply = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(ASK, { eval: true, workerData: reply, env: {}, execArgv: [] });
  worker.on("error", () => {});
  worker.unref();
  return { worker, reply };
}
