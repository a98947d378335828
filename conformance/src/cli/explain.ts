import type { CaseDefinition } from "../engine/case.js";
import { readData } from "../engine/data.js";
import { allCases, allMutants } from "../engine/registry.js";
import { matches } from "../engine/select.js";
import { UsageError } from "./usage-error.js";

/** The text of a rule as it stands in the contract. */
export function ruleText(id: string): string | undefined {
  const subject = id.replace(/-\d+$/, "").toLowerCase();
  for (const file of [subject, "errors", "paths", "points"]) {
    let text: string;
    try {
      text = readData(`spec/${file}.md`);
    } catch {
      continue;
    }
    const lines = text.split("\n");
    const start = lines.findIndex((line) => line.startsWith(`- **${id}** `));
    if (start === -1) continue;
    const end = lines.findIndex((line, index) => index > start && !/^ {2}\S/.test(line));
    return `${lines.slice(start, end === -1 ? undefined : end).join("\n")}\n  (spec/${file}.md)`;
  }
  return undefined;
}

export function explain(pattern: string): void {
  const found = allCases.filter(({ id }) => matches(pattern, id));
  if (found.length === 0) {
    const near = allCases.filter(({ id }) => id.includes(pattern)).map(({ id }) => id);
    throw new UsageError(
      `there is no case ${pattern}${near.length > 0 ? `; did you mean ${near.join(", ")}?` : "; see lock-conformance list"}`,
    );
  }
  console.log(found.map(describe).join("\n\n"));
}

function describe(definition: CaseDefinition): string {
  const {
    id,
    title,
    level,
    group,
    profile,
    rules,
    needs,
    environment = [],
    field,
    how,
    columns = ["own"],
    peers,
  } = definition;
  const where = [
    ...(columns.includes("own") ? ["each implementation alone"] : []),
    ...(columns.includes("mix") ? ["all together"] : []),
  ];
  const lines = [`${id}: ${title}`, `${level}, group ${group}, profile ${profile}`, "", how, ""];
  lines.push(...rules.map((rule) => ruleText(rule) ?? `- ${rule}: not in the contract`));
  lines.push("", `runs: ${where.join("; ")}${peers === true ? "; with OpenClaw's own lock code" : ""}`);
  if (needs.length > 0) lines.push(`needs: ${needs.join(", ")}`);
  if (environment.length > 0) lines.push(`of the machine: ${environment.join(", ")}`);
  if (field.length > 0) lines.push(`seen in the field: ${field.map((one) => String(one).padStart(2, "0")).join(", ")}`);
  for (const mutant of allMutants.filter((one) => one.case === id))
    lines.push(`mutant: ${mutant.name} (${mutant.history}), caught by ${mutant.check}`);
  return lines.join("\n");
}
