import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { quoteWord } from "../src/engine/command-line.js";
import { EXIT } from "../src/engine/run/report.js";
import { badDriver } from "./harness.js";

// The built program: `npm run build` comes first.
const MAIN = join(import.meta.dirname, "..", "dist", "cli", "main.js");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function cli(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr, last: stdout.trimEnd().split("\n").at(-1) };
}
const driver = (name: string) => badDriver(name).command.map(quoteWord).join(" ");
// Basic, and nothing that a driver without a dead owner's takeover could not do.
const CASE = "try-lock-busy";

describe("exit status", () => {
  test("0 for a driver that conforms, with all reports", () => {
    const { status, last } = cli(
      "run",
      "--driver",
      driver("good"),
      "--only",
      CASE,
      "--impl",
      "driver",
      "--report",
      "out",
    );
    expect(last).toBe("1 passed, 0 failed");
    expect(status).toBe(EXIT.conformant);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["junit.xml", "report.html", "report.json", "report.md"]);
  });
  test("1 for one that does not, with the way to see it again", () => {
    const { status, stdout, last } = cli(
      "run",
      "--driver",
      driver("never-locks"),
      "--only",
      CASE,
      "--impl",
      "driver",
      "--no-report",
      "--seed",
      "7",
    );
    expect(status).toBe(EXIT.nonconformant);
    expect(last).toBe("0 passed, 1 failed");
    expect(stdout).toContain(`--only ${CASE} --impl driver --seed 7`);
    expect(existsSync(join(folder, "conformance-report"))).toBe(false);
  });
  test("2 for a wrong call", () => {
    expect(cli("run", "--no-such-option").status).toBe(EXIT.usage);
    expect(cli("run", "--seed", "x").status).toBe(EXIT.usage);
    expect(cli("run", "--time-scale", "0").status).toBe(EXIT.usage);
    expect(cli("run", "--driver", " ").status).toBe(EXIT.usage);
    expect(cli("run", "--driver", driver("good"), "--impl", "cobol").status).toBe(EXIT.usage);
    expect(cli("run", "--driver", driver("good"), "--expected", "none.yaml").status).toBe(EXIT.usage);
    expect(cli("explain", "no-such-case").status).toBe(EXIT.usage);
    expect(cli("init-driver", "cobol").status).toBe(EXIT.usage);
    expect(cli("smoke").status).toBe(EXIT.usage);
  });
  test("2 for writing expectations from a part of the suite", () => {
    const { status, stderr } = cli(
      "run",
      "--driver",
      driver("good"),
      "--expected",
      "e.yaml",
      "--write-expected",
      "--only",
      CASE,
    );
    expect(status).toBe(EXIT.usage);
    expect(stderr).toContain("not together with --only");
  });
  test("3 for a driver that does not start", () => {
    const { status, stdout } = cli(
      "run",
      "--driver",
      driver("dies-at-start"),
      "--only",
      CASE,
      "--impl",
      "driver",
      "--no-report",
    );
    expect(status).toBe(EXIT.couldNotRun);
    expect(stdout).toContain("no such library");
  });
  test("4 when nothing was selected", () => {
    const { status, stderr } = cli("run", "--driver", driver("good"), "--only", "no-such-case");
    expect(status).toBe(EXIT.nothingSelected);
    expect(stderr).toContain("no case answers to no-such-case");
  });
});

test("an expected failure is expected once, and a lie afterwards", () => {
  const run = (name: string) =>
    cli("run", "--driver", driver(name), "--only", CASE, "--impl", "driver", "--no-report", "--expected", "e.yaml");
  const checks = JSON.parse(
    (() => {
      cli("run", "--driver", driver("never-locks"), "--only", CASE, "--impl", "driver", "--report", "out");
      return readFileSync(join(folder, "out", "report.json"), "utf8");
    })(),
  ).results[0].failures as { check: string; message: string }[];
  const entries = checks.map(({ check, message }) => ({
    case: CASE,
    implementation: "driver",
    check,
    message: message.slice(0, 10),
    reason: "known",
  }));
  writeFileSync(join(folder, "e.yaml"), JSON.stringify({ expected: entries }));
  expect(run("never-locks")).toMatchObject({ status: EXIT.conformant, last: "0 passed, 0 failed" });
  expect(run("good")).toMatchObject({ status: EXIT.nonconformant, last: "1 passed, 1 failed" });
});

test("list is for programs too", () => {
  const cases = JSON.parse(cli("list", "--json").stdout) as { id: string; rules: string[] }[];
  expect(cases.map(({ id }) => id)).toContain(CASE);
  expect(cases.every(({ rules }) => rules.length > 0)).toBe(true);
});

test("explain quotes the contract", () => {
  const { stdout } = cli("explain", "release-not-mine");
  expect(stdout).toMatch(/- \*\*RELEASE-2\*\* \(MUST\)/);
  expect(stdout).not.toContain("not in the contract");
});

describe("smoke", () => {
  test.each(["python", "node"])("passes the skeleton in %s", (language) => {
    const file = join(folder, `driver.${language === "node" ? "mjs" : "py"}`);
    writeFileSync(file, cli("init-driver", language).stdout);
    const { status, stdout, last } = cli(
      "smoke",
      "--driver",
      `${language === "node" ? process.execPath : "python3"} ${file}`,
    );
    expect(stdout).toContain("ok      says hello: mine 0.0.0");
    expect({ status, last }).toEqual({ status: EXIT.conformant, last: "4 passed, 0 failed" });
  });
  test("passes a driver that is right", () => {
    expect(cli("smoke", "--driver", driver("good"))).toMatchObject({
      status: EXIT.conformant,
      last: "10 passed, 0 failed",
    });
  });
  test.each([
    ["never-locks", /FAILED {2}acquires a free lock: there is no/],
    ["never-releases", /FAILED {2}answers others while an acquire waits/],
    ["error-reply", /FAILED {2}acquires a free lock: driver broke down in acquire/],
    ["ignores-end-of-input", /FAILED {2}exits at the end of its input/],
    ["bye-status-1", /FAILED {2}says bye and exits with status 0/],
  ])("names what is wrong with %s", (name, message) => {
    const { status, stdout } = cli("smoke", "--driver", driver(name), "--time-scale", "0.2");
    expect(stdout).toMatch(message);
    expect(status).toBe(EXIT.nonconformant);
  });
});
