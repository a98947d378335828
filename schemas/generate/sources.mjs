import { readFileSync } from "node:fs";
import { fromRoot } from "../../scripts/lib/root.mjs";

export const paths = {
  constants: "spec/constants.json",
  foreign: "spec/foreign.json",
  writer: "schemas/lock-payload-writer.schema.json",
  reader: "schemas/lock-payload-reader.schema.json",
  version: "packages/lock-helpers/package.json",
};

const json = (path) => JSON.parse(readFileSync(fromRoot(path), "utf8"));

/** Everything that is generated from, in the order in which the files have it. */
export function readSources() {
  const constants = Object.entries(json(paths.constants))
    .filter(([key]) => !key.startsWith("$"))
    .map(([key, { value, unit, why }]) => ({ key, value, unit, why }));
  const writer = json(paths.writer);
  const foreign = json(paths.foreign).kinds;
  return { constants, foreign, writer, version: json(paths.version).version, fields: fieldsOf(writer) };
}

/** The fields of a flat object schema, in schema order: what a template needs to know of each. */
function fieldsOf(schema) {
  return Object.entries(schema.properties).map(([key, { type, description, minimum }]) => {
    if (type !== "string" && type !== "integer")
      throw new Error(`${schema.title}.${key}: no template for type ${type}`);
    return { key, type, description, minimum, required: schema.required.includes(key) };
  });
}
