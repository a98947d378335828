import { homedir } from "node:os";
import { expect, test } from "vitest";
import { isProfileName, locateStateDir, namedAgentDir, namedConfigPath, resolveStateDir } from "../src/openclaw.js";

const around = (env: Record<string, string>, present: readonly string[] = []) => ({
  ...{ env, home: "/home/system", cwd: "/work" },
  exists: (path: string) => present.includes(path),
});

test("the state directory says what has decided", () => {
  const named = around({ HOME: "/h", OPENCLAW_STATE_DIR: "~/s" });
  expect(locateStateDir({ ...named, profile: "work" })).toEqual({ path: "/h/.openclaw-work", source: "profile" });
  expect(locateStateDir(named)).toEqual({ path: "/h/s", source: "OPENCLAW_STATE_DIR" });
  expect(locateStateDir(around({}))).toEqual({ path: "/home/system/.openclaw", source: "default" });
  const legacy = around({ HOME: "/h" }, ["/h/.clawdbot"]);
  expect(locateStateDir(legacy)).toEqual({ path: "/h/.clawdbot", source: "legacy" });
  const both = around({ HOME: "/h" }, ["/h/.clawdbot", "/h/.openclaw"]);
  expect(locateStateDir(both)).toEqual({ path: "/h/.openclaw", source: "default" });
});

test("configuration and agent directory are where the environment says, or not said", () => {
  const env = { HOME: "/h", OPENCLAW_CONFIG_PATH: " ~/etc/openclaw.json ", OPENCLAW_AGENT_DIR: "agents/a" };
  expect(namedConfigPath(around(env))).toBe("/h/etc/openclaw.json");
  expect(namedAgentDir(around(env))).toBe("/work/agents/a");
  expect(namedConfigPath(around({ HOME: "/h", OPENCLAW_CONFIG_PATH: " " }))).toBeUndefined();
  expect(namedAgentDir(around({ HOME: "/h" }))).toBeUndefined();
});

test("a profile's name cannot leave the home directory", () => {
  const names = ["work", " work ", "a-b_c", "9", "Default"];
  const others = ["", " ", "../x", "a/b", "-x", "a b", "x".repeat(65), "é"];
  expect(names.every(isProfileName)).toBe(true);
  expect(others.some(isProfileName)).toBe(false);
});

test("the system's home is Termux's in Termux, and nowhere else", () => {
  const termux = { PREFIX: "/data/data/com.termux/files/usr", ANDROID_DATA: "/data" };
  const dir = (env: Record<string, string>) => resolveStateDir({ env, cwd: "/work", exists: () => false });
  expect(dir(termux)).toBe("/data/data/com.termux/files/home/.openclaw");
  expect(dir({ ...termux, HOME: "/h" })).toBe("/h/.openclaw");
  expect(dir({ PREFIX: termux.PREFIX })).toBe(`${homedir()}/.openclaw`);
  expect(dir({ ...termux, PREFIX: "/usr" })).toBe(`${homedir()}/.openclaw`);
});
