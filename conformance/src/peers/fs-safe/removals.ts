import { writeSync } from "node:fs";
import promises from "node:fs/promises";

/** The one point of a peer: its library is about to unlink a file by name, all its checks behind it. */
export const REMOVAL_POINT = "peer:removing";

let countdown = 0;

/** From now on the process stops itself before its nth removal, until somebody continues it. */
export function armRemoval(nth: number): void {
  countdown = nth;
}

const remove = promises.rm;
promises.rm = (path, options) => {
  if (countdown > 0 && --countdown === 0) {
    writeSync(1, `${JSON.stringify({ event: "point", point: REMOVAL_POINT })}\n`);
    process.kill(process.pid, "SIGSTOP");
  }
  return remove(path, options);
};
