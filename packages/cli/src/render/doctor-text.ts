import { relative, sep } from "node:path";
import type { Report } from "../commands/doctor.js";
import type { Evidence } from "../doctor/diagnosis.js";
import { type Paint, painter } from "./colour.js";
import { paragraph } from "./columns.js";
import type { Output } from "./output.js";
import type { Terminal } from "./terminal.js";
import { count, safe } from "./words.js";

const COLOURS = { act: "red", wait: "yellow", past: "dim" } as const;

/** For people: what is wrong, by number; below each what that means, how it shows, and one step. */
export async function printDoctorText(report: Report, output: Output, terminal: Terminal): Promise<void> {
  const paint = painter(terminal.hasColour);
  const say = (text: string, indent = 0) => output.write(`${paragraph(text, terminal.width, indent)}\n`);
  for (const line of headOf(report)) await say(line);
  const { diagnoses, stateDir } = report;
  for (const [at, diagnosis] of diagnoses.entries()) {
    await output.write("\n");
    const number = diagnoses.length > 1 ? `${at + 1}. ` : "";
    await say(paint("bold", paint(COLOURS[diagnosis.urgency], number + safe(diagnosis.title))));
    await say(safe(diagnosis.meaning), 3);
    for (const evidence of diagnosis.evidence) await say(evidenceLine(evidence, stateDir, paint), 3);
    await say(`→ ${safe(diagnosis.next.text)}`, 3);
    // Not broken into lines, however long: so it can be copied as what it is.
    const { command } = diagnosis.next;
    if (command !== undefined) await output.write(`     ${paint("bold", command)}\n`);
  }
  await output.write("\n");
  for (const line of endOf(report)) await say(line);
}

function evidenceLine(
  { where, time, text, more, until }: Evidence,
  stateDir: string | undefined,
  paint: Paint,
): string {
  const isBelow = stateDir !== undefined && where.startsWith(`${stateDir}${sep}`);
  const place = where === "" ? "" : `${safe(isBelow ? relative(stateDir, where) : where)}: `;
  // A line of a log often begins with its time.
  const when = time === undefined || text.startsWith(time) ? "" : `${safe(time, 40)} `;
  const others = more === undefined ? "" : ` (and ${count(more, "such line")}, the last at ${safe(until ?? "")})`;
  return `${paint("dim", "·")} ${paint("dim", place)}${when}${safe(text)}${paint("dim", others)}`;
}

function headOf({ release, stateDir, stores, sight, logs }: Report): string[] {
  const version = release.version ?? release.range;
  const kinds = [...new Set(stores.stores.map(({ kind }) => kind))];
  const where = kinds.includes("sqlite")
    ? "logins in SQLite"
    : kinds.includes("json")
      ? "logins in auth-profiles.json"
      : "";
  const what = version === undefined ? "OpenClaw, release unknown" : `OpenClaw ${version} (says ${release.from})`;
  const unread = stores.stores.filter((store) => store.unread !== undefined);
  return [
    [what, where].filter((text) => text !== "").join(", "),
    ...(stateDir === undefined ? ["State directory: none here."] : [`State directory: ${safe(stateDir)}`]),
    ...sight.absent.map((path) => `${safe(path)} does not exist.`),
    ...logs.map(
      ({ path, lines, bytes }) =>
        `Log: ${path === "-" ? "stdin" : safe(path)}, ${count(lines, "line")}, ${sized(bytes)}`,
    ),
    ...unread.map(({ path, unread }) => `Logins not looked at: ${safe(path)}: ${safe(unread ?? "")}.`),
    ...sight.unreadable_.map(({ path, why }) => `Could not read ${safe(path)}: ${safe(why)}.`),
  ];
}

function endOf({ diagnoses, sight, logs, stateDir }: Report): string[] {
  const urgent = diagnoses.filter(({ urgency }) => urgency === "act").length;
  const held = sight.entries.filter(({ state }) => state === "held").length;
  const locks = held > 0 ? `${count(held, "lock")} held by the living.` : "";
  if (diagnoses.length === 0) {
    const log = logs.length > 0 ? " The log has no line about a lock or a login that failed." : "";
    const hint =
      logs.length === 0 && stateDir !== undefined
        ? " If a login fails all the same, give the gateway's log: --log FILE."
        : "";
    return [`Nothing is wrong with the locks.${log}${hint} ${locks}`.trim()];
  }
  const first = urgent > 1 ? " Begin with the first." : "";
  return [`${count(urgent, "thing")} to do.${first} ${locks}`.trim()];
}

function sized(bytes: number): string {
  if (bytes < 1 << 20) return `${Math.ceil(bytes / 1024)} kB`;
  return `${(bytes / (1 << 20)).toFixed(bytes < 100 << 20 ? 1 : 0)} MB`;
}
