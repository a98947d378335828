import assert from "node:assert/strict";
import { test } from "node:test";
import { deadLinks } from "../spec/links.mjs";
import { danglingMentions } from "../spec/mentions.mjs";
import { collectRules } from "../spec/rules.mjs";
import { traceRules } from "../spec/trace.mjs";

const spec = (text) => collectRules(new Map([["spec/a.md", text]]));
const { rules } = spec(
  "- **ACQUIRE-1** (MUST) one.\n- **ACQUIRE-2** (SHOULD) two.\n- **ACQUIRE-3** (MUST NOT) three.\n",
);
const allCited = [{ id: "one", rules: ["ACQUIRE-1", "ACQUIRE-2", "ACQUIRE-3"] }];

test("rules are collected with keyword and place", () => {
  assert.deepEqual(rules.get("ACQUIRE-3"), { id: "ACQUIRE-3", keyword: "MUST NOT", file: "spec/a.md", line: 3 });
});

test("a rule id that stands twice is refused", () => {
  assert.match(
    spec("- **A-1** (MUST) x\n- **A-1** (MUST) y\n").complaints.join(),
    /a\.md:2: A-1 is already at spec\/a\.md:1/,
  );
});

for (const line of [
  "- **A-1** MUST x",
  "- **A-1** (must) x",
  "- **A1** (MUST) x",
  "* **A-1** (MUST) x",
  "- **A-1** (MUST)",
]) {
  test(`a malformed rule is not passed over: ${line}`, () => {
    assert.match(spec(`- **B-1** (MUST) fine\n${line}\n`).complaints.join(), /a\.md:2: not of the form/);
  });
}

test("a contract without rules is refused", () => {
  assert.match(spec("# Nothing\n").complaints.join(), /no rule found/);
});

test("rules that are all cited pass", () => assert.deepEqual(traceRules(rules, allCited, {}), []));

test("a rule that is excused with a reason passes", () => {
  const cases = [{ id: "one", rules: ["ACQUIRE-1", "ACQUIRE-2"] }];
  assert.deepEqual(traceRules(rules, cases, { "ACQUIRE-3": "only visible on Windows" }), []);
});

/** @type {[string, any, object, RegExp][]} */
const broken = [
  [
    "a rule that nothing cites",
    [{ id: "one", rules: ["ACQUIRE-1", "ACQUIRE-2"] }],
    {},
    /spec\/a\.md:3: no case cites ACQUIRE-3/,
  ],
  ["an excused rule that a case cites", allCited, { "ACQUIRE-2": "hard" }, /ACQUIRE-2 is cited by case one/],
  ["an excuse for what is no rule", allCited, { "ACQUIRE-9": "hard" }, /untested\.json: ACQUIRE-9 is not a rule/],
  [
    "an excuse without a reason",
    [{ id: "one", rules: ["ACQUIRE-1", "ACQUIRE-2"] }],
    { "ACQUIRE-3": " " },
    /has no reason/,
  ],
  [
    "a case that cites what is no rule",
    [...allCited, { id: "two", rules: ["ACQUIRE-9"] }],
    {},
    /case two: cites ACQUIRE-9/,
  ],
  ["a case without rules", [...allCited, { id: "two", rules: [] }], {}, /case two: cites no rule/],
  ["a case whose rules are missing", [...allCited, { id: "two" }], {}, /case two: cites no rule/],
  ["two cases of one name", [...allCited, ...allCited], {}, /case one: the name is taken twice/],
  ["a suite without cases", [], {}, /lists no case/],
];
for (const [name, cases, untested, complaint] of broken) {
  test(`${name} is refused`, () => assert.match(traceRules(rules, cases, untested).join("\n"), complaint));
}

test("a mention of a rule that is not there is found, a mention of something else is not", () => {
  const files = new Map([["x.ts", "// ACQUIRE-1 holds\n// ACQUIRE-12 as well, by SHA-256\n"]]);
  assert.deepEqual(danglingMentions(rules, files), ["x.ts:2: there is no rule ACQUIRE-12"]);
});

const links = (text, others = {}) => {
  const files = new Map(Object.entries({ "docs/a.md": text, ...others }));
  return deadLinks(files, (path) => files.has(path) || path === "docs/data.json" || path === "src");
};

test("links to files, folders, headings and other sites pass", () => {
  const text =
    "# Two words, `code`\n[a](data.json) [b](../src) [c](#two-words-code) [d](https://example.org/x) [e](b.md#top)";
  assert.deepEqual(links(text, { "docs/b.md": "## Top\n" }), []);
});

test("a link to nothing is refused", () => {
  assert.deepEqual(links("fine\n[x](gone.md)"), ["docs/a.md:2: dead link gone.md"]);
});

test("a link to a heading that is not there is refused", () => {
  assert.deepEqual(links("[x](b.md#nowhere)", { "docs/b.md": "# Top\n" }), [
    "docs/a.md:1: docs/b.md has no heading #nowhere",
  ]);
});

test("a link out of the repository is refused", () => {
  assert.deepEqual(links("[x](../../other/a.md)"), ["docs/a.md:1: dead link ../../other/a.md"]);
});

test("what looks like a link inside code is not one", () => {
  assert.deepEqual(links("`[x](gone.md)`\n```\n[x](gone.md)\n```\n"), []);
});
