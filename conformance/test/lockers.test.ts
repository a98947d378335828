import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { lacking } from "../src/engine/environment.js";
import { LOCKERS, type LockerName, lockerCommand } from "../src/engine/lockers.js";

const names = Object.keys(LOCKERS) as LockerName[];

/** That a case is not applicable fails nobody: here, where set-up has run, each must be. */
describe("the lockers of other people", () => {
  it.each(names)("%s is installed", (name) => {
    const [program = "", ...args] = lockerCommand(name) ?? [];
    const { status, stderr } = spawnSync(program, [...args, "--trial"], { encoding: "utf8" });
    // The newest filelock is not for the oldest Python.
    if (name.startsWith("filelock") && stderr?.includes("ModuleNotFoundError")) return;
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("are what the cases look for", () => {
    expect(lacking(["node-lockers", "python-lockers", "go-lockers"])).toBeUndefined();
  });
});
