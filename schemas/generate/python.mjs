import { paths } from "./sources.mjs";
import { comment, integer, reason, screamingSnake } from "./text.mjs";

const folder = "python/src/openclaw_lock_helpers/_generated";
const types = { string: "str", integer: "int" };

function constants({ constants, version }) {
  const lines = constants.map(
    (constant) =>
      `${comment("#:", reason(constant))}\n${screamingSnake(constant.key)}: Final = ${integer(constant.value)}\n`,
  );
  return [
    `# Generated from ${paths.constants}; do not edit.\n"""The numbers of the contract."""\n`,
    "from typing import Final\n",
    ...lines,
    `#: Version of this package, as in the payload's \`\`helper\`\`.\nVERSION: Final = ${JSON.stringify(version)}\n`,
  ].join("\n");
}

// Two classes because \`NotRequired\` is newer than Python 3.10.
function payload({ fields, writer }) {
  const lines = (required) =>
    fields
      .filter((field) => field.required === required)
      .map((field) => `${comment("    #:", field.description)}\n    ${field.key}: ${types[field.type]}\n`)
      .join("");
  return `# Generated from ${paths.writer}; do not edit.
"""What a writer publishes as a lock, a guard or a marker (PAYLOAD-1)."""

from typing import TypedDict


class _Required${writer.title}(TypedDict):
${lines(true)}

class ${writer.title}(_Required${writer.title}, total=False):
    """A payload; its keys are written in the order of the schema, not of these classes."""

${lines(false)}`;
}

export function python(sources) {
  return {
    [`${folder}/__init__.py`]: `# Generated from ${paths.constants} and ${paths.writer}; do not edit.\n`,
    [`${folder}/constants.py`]: constants(sources),
    [`${folder}/payload.py`]: payload(sources),
  };
}
