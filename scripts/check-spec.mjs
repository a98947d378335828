// The contract and what proves it: rules, the cases that cite them, the exceptions, and the links of all Markdown files.
import { existsSync } from "node:fs";
import { capture } from "./lib/process.mjs";
import { fromRoot } from "./lib/root.mjs";
import { readTexts } from "./lib/sources.mjs";
import { deadLinks } from "./spec/links.mjs";
import { danglingMentions } from "./spec/mentions.mjs";
import { collectRules } from "./spec/rules.mjs";
import { traceRules } from "./spec/trace.mjs";

function listCases() {
  const cli = fromRoot("conformance/dist/cli/main.js");
  const { status, stdout, stderr } = capture(process.execPath, [cli, "list", "--json"]);
  if (status === 0) return JSON.parse(stdout);
  console.error(stderr.trimEnd());
  console.error("check-spec: the suite cannot list its cases; is it built (npm run build)?");
  process.exit(1);
}

const texts = readTexts();
const select = (wanted) => new Map([...texts].filter(([path]) => wanted(path)));
const { rules, complaints } = collectRules(select((path) => /^spec\/[^/]+\.md$/.test(path)));
const untested = JSON.parse(texts.get("spec/untested.json") ?? "{}");

complaints.push(...traceRules(rules, listCases(), untested));
// The tests of this very check are full of rules that are not there.
complaints.push(
  ...danglingMentions(
    rules,
    select((path) => !path.startsWith("scripts/tests/")),
  ),
);
complaints.push(
  ...deadLinks(
    select((path) => path.endsWith(".md")),
    (path) => existsSync(fromRoot(path)),
  ),
);

for (const complaint of complaints) console.error(`check-spec: ${complaint}`);
console.error(`check-spec: ${rules.size} rules, ${complaints.length} complaints`);
process.exit(complaints.length === 0 ? 0 : 1);
