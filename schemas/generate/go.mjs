import { paths } from "./sources.mjs";
import { capitalised, comment, integer, reason } from "./text.mjs";

// The form that Go's own tools take for generated code.
const header = (path) => `// Code generated from ${path}; DO NOT EDIT.\n\npackage sidecar\n`;

function constants({ constants, version }) {
  const lines = constants.map(
    (constant) =>
      `${comment("\t//", reason(constant))}\n\tspec${capitalised(constant.key)} = ${integer(constant.value)}\n`,
  );
  return [
    header(paths.constants),
    `// Version is the version of this module, as in the payload's helper.\nconst Version = ${JSON.stringify(version)}\n`,
    `// The numbers of the contract.\nconst (\n${lines.join("\n")})\n`,
  ].join("\n");
}

// An optional integer is a pointer where zero is a value of its own, and not the same as "left out".
function goType({ type, required, minimum }) {
  if (type === "string") return "string";
  return !required && !(minimum > 0) ? "*int64" : "int64";
}

function payload({ fields, writer }) {
  const lines = fields.map((field) => {
    const tag = `\`json:"${field.key}${field.required ? "" : ",omitempty"}"\``;
    return `${comment("\t//", field.description)}\n\t${capitalised(field.key)} ${goType(field)} ${tag}\n`;
  });
  const name = writer.title[0].toLowerCase() + writer.title.slice(1);
  return [
    header(paths.writer),
    `${comment("//", `${name} is ${lowered(writer.description)}`)}\ntype ${name} struct {\n${lines.join("\n")}}\n`,
  ].join("\n");
}

const lowered = (text) => text[0].toLowerCase() + text.slice(1);

export function go(sources) {
  return {
    "go/sidecar/constants_gen.go": constants(sources),
    "go/sidecar/payload_gen.go": payload(sources),
  };
}
