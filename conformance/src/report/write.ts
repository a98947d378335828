import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport } from "../engine/run/report.js";
import { toHtml } from "./html.js";
import { toJson } from "./json.js";
import { toJunit } from "./junit.js";
import { toMarkdown } from "./markdown.js";

/** Writes every form of the report and answers the page for people. */
export function writeReports(report: RunReport, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const forms = { "report.json": toJson, "junit.xml": toJunit, "report.md": toMarkdown, "report.html": toHtml };
  for (const [name, render] of Object.entries(forms)) writeFileSync(join(folder, name), render(report));
  return join(folder, "report.html");
}
