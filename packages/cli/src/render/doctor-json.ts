import { VERSION } from "@openclaw/lock-helpers/tools";
import type { Report } from "../commands/doctor.js";
import { json } from "./json.js";
import type { Output } from "./output.js";

/** For programs: one object, a diagnosis a line. */
export async function printDoctorJson(report: Report, output: Output): Promise<void> {
  const { release, stateDir, stores, sight, logs, diagnoses, exitStatus } = report;
  const head = {
    version: 1,
    command: "doctor",
    tool: `openclaw-locks/${VERSION}`,
    time: new Date().toISOString(),
    openclaw: {
      ...(release.version !== undefined && { version: release.version }),
      ...(release.range !== undefined && { range: release.range }),
      from: release.from,
      ...(stateDir !== undefined && { stateDir }),
      stores: stores.stores,
    },
    logs,
    places: sight.places,
    unreadable: sight.unreadable_.map(({ path, why }) => ({ path, reason: why })),
  };
  const lines = Object.entries(head).map(([key, value]) => `  ${json(key)}: ${json(value)}`);
  const list = diagnoses.map((diagnosis) => `    ${json(diagnosis)}`).join(",\n");
  await output.write(
    `{\n${lines.join(",\n")},\n  "diagnoses": [\n${list}${list === "" ? "" : "\n"}  ],\n  "exitStatus": ${exitStatus}\n}\n`,
  );
}
