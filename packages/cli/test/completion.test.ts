import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { cli, plant, usePlace } from "./support.js";

const place = usePlace();
const script = (shell: string) => cli(["completion", shell]).stdout;

function complete(words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const test = `${script("bash")}
    COMP_WORDS=(openclaw-locks ${quoted}); COMP_CWORD=${words.length}; _openclaw_locks; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", test], { cwd: place.directory, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

test("bash completes commands, options, shells and files", () => {
  plant(place.at("data one.json"), "");
  expect(complete(["s"])).toEqual(["status", "sweep"]);
  expect(complete(["doctor", "--l"])).toEqual(["--log"]);
  expect(complete(["status", "--w"])).toEqual(["--watch"]);
  expect(complete(["completion", ""])).toEqual(["bash", "zsh", "fish"]);
  expect(complete(["explain", "da"])).toEqual(["data one.json"]);
  expect(complete(["doctor", "--log", "da"])).toEqual(["data one.json"]);
});

test("bash completes nothing where only the user knows, and a command after --", () => {
  plant(place.at("data.json"), "");
  expect(complete(["status", "--interval", ""])).toEqual([]);
  expect(complete(["run", "data.json", "--", "prin"])).toContain("printf");
});

test.each(["bash", "zsh", "fish"])("every command is in the script of %s", (shell) => {
  const text = script(shell);
  for (const name of ["status", "doctor", "explain", "sweep", "repair", "run", "completion"])
    expect(text).toContain(name);
});

test("a shell that is not known is the caller's mistake", () => {
  expect(cli(["completion", "tcsh"]).status).toBe(64);
});
