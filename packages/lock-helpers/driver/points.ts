import { type Point, setPointHook } from "../src/points.js";
import { writeLine } from "./protocol.js";

/** At the nth reach of the point from now on: says so, then stops or kills this process (spec/points.md). */
export function arm(armed: string, action: string, nth: number): void {
  let left = nth;
  setPointHook((reached: Point) => {
    if (reached !== armed || --left > 0) return;
    setPointHook(undefined);
    writeLine({ event: "point", point: reached });
    process.kill(process.pid, action === "kill" ? "SIGKILL" : "SIGSTOP");
  });
}
