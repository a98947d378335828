import { SOAK_EVENTS } from "../cases/soak/soak.js";
import { run } from "./run.js";
import type { RunFlags } from "./run-options.js";
import { UsageError } from "./usage-error.js";

/** The case of that name with a number of its own, in the column where all meet unless others are named. */
export async function soak({ events, ...flags }: RunFlags & { events: string }): Promise<number> {
  if (!/^[1-9]\d{0,6}$/.test(events)) throw new UsageError("--events is a whole number from 1 to 9999999");
  process.env[SOAK_EVENTS] = events;
  return run({ ...flags, only: ["soak"], impl: flags.impl.length > 0 ? flags.impl : ["mix"], mutants: false });
}
