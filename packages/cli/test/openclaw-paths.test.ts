import { expect, test } from "vitest";
import { agentDirOf, configPathOf, effectiveHome, isProfileName, resolveStateDir } from "../src/openclaw-paths.js";

function around(env: Record<string, string>, present: readonly string[] = []) {
  return { env, osHome: "/home/os", cwd: "/work", exists: (path: string) => present.includes(path) };
}

const STATE_DIRS: readonly [what: string, env: Record<string, string>, present: readonly string[], path: string][] = [
  ["the home directory", { HOME: "/home/me" }, [], "/home/me/.openclaw"],
  ["OPENCLAW_STATE_DIR", { HOME: "/home/me", OPENCLAW_STATE_DIR: " /data/state " }, [], "/data/state"],
  ["a tilde in it", { HOME: "/home/me", OPENCLAW_STATE_DIR: "~/state" }, [], "/home/me/state"],
  ["a tilde alone", { HOME: "/home/me", OPENCLAW_STATE_DIR: "~" }, [], "/home/me"],
  ["another user's tilde, which is a name", { HOME: "/home/me", OPENCLAW_STATE_DIR: "~you/x" }, [], "/work/~you/x"],
  ["a tilde under OPENCLAW_HOME", { HOME: "/h", OPENCLAW_HOME: "/oc", OPENCLAW_STATE_DIR: "~/s" }, [], "/oc/s"],
  ["a relative one", { HOME: "/home/me", OPENCLAW_STATE_DIR: "state" }, [], "/work/state"],
  ["an empty one", { HOME: "/home/me", OPENCLAW_STATE_DIR: "  " }, [], "/home/me/.openclaw"],
  ["OPENCLAW_HOME", { HOME: "/home/me", OPENCLAW_HOME: "/oc" }, [], "/oc/.openclaw"],
  ["a tilde in OPENCLAW_HOME", { HOME: "/home/me", OPENCLAW_HOME: "~/oc" }, [], "/home/me/oc/.openclaw"],
  ["words that a service manager leaves", { HOME: "undefined", OPENCLAW_HOME: "null" }, [], "/home/os/.openclaw"],
  ["USERPROFILE without HOME", { USERPROFILE: "/users/me" }, [], "/users/me/.openclaw"],
  [
    "Termux",
    { PREFIX: "/data/com.termux/files/usr", ANDROID_DATA: "/data" },
    [],
    "/data/com.termux/files/home/.openclaw",
  ],
  ["a legacy directory", { HOME: "/h" }, ["/h/.moltbot", "/h/.clawdbot"], "/h/.clawdbot"],
  ["the new one beside a legacy one", { HOME: "/h" }, ["/h/.openclaw", "/h/.clawdbot"], "/h/.openclaw"],
  ["OPENCLAW_PROFILE, which moves nothing", { HOME: "/h", OPENCLAW_PROFILE: "work" }, [], "/h/.openclaw"],
  ["CLAWDBOT_STATE_DIR, which is not read any more", { HOME: "/h", CLAWDBOT_STATE_DIR: "/x" }, [], "/h/.openclaw"],
];

test.each(STATE_DIRS)("the state directory follows %s", (_what, env, present, path) => {
  expect(resolveStateDir(around(env, present)).path).toBe(path);
});

test("a profile has a directory of its own, but not against OPENCLAW_STATE_DIR", () => {
  expect(resolveStateDir(around({ HOME: "/h" }), "work")).toEqual({ path: "/h/.openclaw-work", source: "profile" });
  expect(resolveStateDir(around({ HOME: "/h" }, ["/h/.clawdbot"]), "default").path).toBe("/h/.openclaw");
  expect(resolveStateDir(around({ HOME: "/h", OPENCLAW_STATE_DIR: "/s" }), "work").path).toBe("/s");
});

test("a home directory with a dollar sign stays what it is", () => {
  expect(resolveStateDir(around({ HOME: "/h/$&", OPENCLAW_STATE_DIR: "~/s" })).path).toBe("/h/$&/s");
});

test("without any home directory it is the working directory", () => {
  expect(effectiveHome({ ...around({}), osHome: "" })).toBe("/work");
});

test("configuration and agent directory may be elsewhere", () => {
  const env = { HOME: "/h", OPENCLAW_CONFIG_PATH: "~/etc/openclaw.json", OPENCLAW_AGENT_DIR: "/agents/a" };
  expect(configPathOf(around(env))).toBe("/h/etc/openclaw.json");
  expect(agentDirOf(around(env))).toBe("/agents/a");
  expect(configPathOf(around({ HOME: "/h" }))).toBeUndefined();
});

test("a profile's name cannot leave the home directory", () => {
  expect(["work", "a-b_c", "9"].every(isProfileName)).toBe(true);
  expect(["", "../x", "a/b", "-x", "a b", "x".repeat(65), "é"].some(isProfileName)).toBe(false);
});
