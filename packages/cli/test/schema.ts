import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const source = new URL("../../../schemas/locks-status.schema.json", import.meta.url);
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(readFileSync(source, "utf8")));

/** What is wrong with a report; undefined: nothing. */
export function reportFault(report: unknown): string | undefined {
  return validate(report) ? undefined : JSON.stringify(validate.errors);
}
