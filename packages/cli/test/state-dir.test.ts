import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { cli, plantDead, report, states, usePlace } from "./support.js";

const place = usePlace();

/** The places that a status looks at, below the test's directory. */
function places(env: Record<string, string>, ...args: string[]): string[] {
  const found = report(["status", ...args], { home: place.directory, cwd: place.directory, env });
  return found.places.map((path) => path.slice(place.directory.length + 1));
}

test("OPENCLAW_STATE_DIR may be relative, or below the home directory", () => {
  mkdirSync(place.at("home/state"), { recursive: true });
  mkdirSync(place.at("state"));
  expect(places({ OPENCLAW_STATE_DIR: " state " })).toEqual(["state"]);
  expect(places({ OPENCLAW_STATE_DIR: "~/state", OPENCLAW_HOME: "~/home" })).toEqual(["home/state"]);
});

test("a profile does not give way to a blank OPENCLAW_STATE_DIR", () => {
  mkdirSync(place.at(".openclaw-work"));
  expect(places({ OPENCLAW_STATE_DIR: " " }, "--profile", "work")).toEqual([".openclaw-work"]);
});

test("OPENCLAW_PROFILE moves nothing", () => {
  mkdirSync(place.at(".openclaw"));
  mkdirSync(place.at(".openclaw-work"));
  expect(places({ OPENCLAW_PROFILE: "work" })).toEqual([".openclaw"]);
});

test("a directory from before OpenClaw had its name is looked at while there is no other", () => {
  mkdirSync(place.at(".clawdbot"));
  expect(places({})).toEqual([".clawdbot"]);
  mkdirSync(place.at(".openclaw"));
  expect(places({})).toEqual([".openclaw"]);
});

test("an agent directory that is elsewhere is looked at too, and one that is not is looked at once", () => {
  plantDead(place.at(".openclaw/agents/main/agent/auth-profiles.json.lock"));
  plantDead(place.at("agent/auth-profiles.json.lock"));
  const found = (directory: string) =>
    states(report(["status"], { home: place.directory, env: { OPENCLAW_AGENT_DIR: directory } }), place.directory);
  const inside = { ".openclaw/agents/main/agent/auth-profiles.json.lock": "stale" };
  expect(found("~/agent")).toEqual({ ...inside, "agent/auth-profiles.json.lock": "stale" });
  expect(found("~/.openclaw/agents/main/agent")).toEqual(inside);
});

test("a blank profile is refused, and not taken for none", () => {
  mkdirSync(place.at(".openclaw"));
  for (const profile of ["", "  "]) {
    const { status, stderr } = cli(["status", "--profile", profile], { home: place.directory });
    expect([status, stderr]).toEqual([64, expect.stringContaining("is not a profile name")]);
  }
});

test("to find it needs nothing that a Node warns of", () => {
  mkdirSync(place.at(".openclaw"));
  expect(cli(["status"], { home: place.directory })).toMatchObject({ status: 0, stderr: "" });
});
