import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import { fromRoot } from "../../scripts/lib/root.mjs";

const json = (path) => JSON.parse(readFileSync(fromRoot(path), "utf8"));
const schema = json("schemas/driver.schema.json");
const ajv = new Ajv2020.default({ strict: true }).addSchema(schema);
const validator = (name) => ajv.getSchema(name === undefined ? schema.$id : `${schema.$id}#/$defs/${name}`);
const verbs = Object.keys(schema.$defs).flatMap((name) => /^(.*)-request$/.exec(name)?.[1] ?? []);

function accepts(name, message) {
  const validate = validator(name);
  assert.equal(validate(message), true, JSON.stringify({ message, errors: validate.errors }));
}

function refuses(name, message) {
  assert.equal(validator(name)(message), false, JSON.stringify(message));
}

test("every definition compiles in strict mode", () => {
  for (const name of Object.keys(schema.$defs)) assert.equal(typeof validator(name), "function");
});

test("every verb of spec/driver.md has a request and a reply, and no other has", () => {
  const table = readFileSync(fromRoot("spec/driver.md"), "utf8").matchAll(/^\| `([a-z-]+)` \|/gm);
  assert.deepEqual(verbs.toSorted(), [...table].map((row) => row[1]).toSorted());
  for (const verb of verbs) assert.ok(schema.$defs[`${verb}-reply`] && schema.$defs[`${verb}-ok`], verb);
});

test("every refusal and error is a reply to every verb", () => {
  for (const verb of verbs) {
    accepts(`${verb}-reply`, { id: 1, status: "refused", code: "file_lock_timeout", error: { message: "m" } });
    accepts(`${verb}-reply`, { id: 1, status: "refused", code: "cancelled" });
    accepts(`${verb}-reply`, { id: 1, status: "error", message: "no such verb" });
    refuses(`${verb}-reply`, { id: 1, status: "refused", code: "file_lock_busy" });
    refuses(`${verb}-reply`, { id: 1, status: "ok ", message: "" });
  }
});

test("codes are those of the spec's tables", () => {
  const tables = ["errors", "store", "refresh"].map((page) => readFileSync(fromRoot(`spec/${page}.md`), "utf8"));
  const rows = tables.flatMap((text) => [
    ...text.matchAll(/^\| `((?:file_lock|store|refresh)_[a-z_]+)` \| (?!`refresh`)/gm),
  ]);
  assert.deepEqual(
    schema.$defs.code.enum,
    rows.map((row) => row[1]),
  );
});

test("an acquire may be asked for with a time that JSON cannot write", () => {
  const request = (timeoutMs) => ({ id: 1, verb: "acquire", target: "/a", handle: "h", options: { timeoutMs } });
  for (const value of [0, -1, 1.5, "NaN", "Infinity", "-Infinity"]) accepts("acquire-request", request(value));
  for (const value of ["soon", null, true]) refuses("acquire-request", request(value));
});

test("an unknown field is ignored, a missing one is not", () => {
  accepts("verify-request", { id: 1, verb: "verify", handle: "h", extra: 1 });
  refuses("verify-request", { id: 1, verb: "verify" });
  refuses("verify-ok", { id: 1, status: "ok" });
  refuses("verify-ok", { id: 1, status: "ok", held: "yes" });
});

test("a line is a request, a reply or an event", () => {
  accepts(undefined, { id: 1, verb: "bye" });
  accepts(undefined, { id: 1, status: "ok", held: true });
  accepts(undefined, { event: "point", point: "acquire:looked" });
  refuses(undefined, { id: 1, verb: "fly" });
  refuses(undefined, { id: 1 });
});

test("every vector can be sent, and its expectation answered", () => {
  for (const { lock, system, staleMs, expect } of json("spec/vectors/verdict.json")) {
    accepts("observe-request", { id: 1, verb: "observe", lock, system, staleMs });
    accepts("judge-ok", { id: 1, status: "ok", ...expect });
  }
  for (const { expect } of json("spec/vectors/payload.json"))
    accepts("classify-ok", { id: 1, status: "ok", ...expect });
  // Expectations name the members that matter: what they leave out is not asked for here.
  for (const { paths, owner, ...credential } of json("spec/vectors/state.json")) {
    if (paths) accepts("state-paths-request", { id: 1, verb: "state-paths", ...paths });
    else if (owner) accepts("credential-owner-request", { id: 1, verb: "credential-owner", ...owner });
    else accepts("credential-request", { id: 1, verb: "credential", ...credential });
  }
  for (const { name, rule, expect, loneSurrogate, ...member } of json("spec/vectors/refresh.json")) {
    const [[verb, fields]] = Object.entries(member);
    accepts(`${verb}-request`, { id: 1, verb, ...fields });
    if (expect.code === undefined) accepts(`${verb}-ok`, { id: 1, status: "ok", ...expect });
  }
});
