import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { fromRoot } from "../../scripts/lib/root.mjs";

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** ajv's own opinion: the errors that it finds, all of them. */
export function ajvJudge(schemaPath) {
  const validate = new Ajv2020.default({ strict: true, allErrors: true }).compile(json(fromRoot(schemaPath)));
  return (data) => (validate(data) ? [] : validate.errors);
}

/** The examples of one folder of the corpus: `[name, payload]`. */
export function corpus(folder) {
  const path = fromRoot(`schemas/corpus/${folder}`);
  const files = readdirSync(path).filter((file) => file.endsWith(".json"));
  return files.map((file) => [file.replace(/\.json$/, ""), json(join(path, file))]);
}
