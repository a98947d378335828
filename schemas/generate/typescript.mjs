import { compile } from "json-schema-to-typescript";
import { paths } from "./sources.mjs";
import { integer, reason, screamingSnake } from "./text.mjs";

const folder = "packages/lock-helpers/src/generated";

function constants({ constants, version }) {
  const lines = constants.map(
    (constant) =>
      `/** ${reason(constant)} */\nexport const ${screamingSnake(constant.key)} = ${integer(constant.value)};\n`,
  );
  return [
    `// Generated from ${paths.constants}; do not edit.\n`,
    ...lines,
    `/** Version of this package, as in the payload's \`helper\`. */\nexport const VERSION = ${JSON.stringify(version)};\n`,
  ].join("\n");
}

function payload({ writer }) {
  return compile(structuredClone(writer), writer.title, {
    bannerComment: `// Generated from ${paths.writer}; do not edit.\n`,
    style: { printWidth: 120 },
  });
}

const validator = `// Generated from ${paths.writer}; do not edit.

import type { LockPayload } from "./payload.js";

/** Is this a payload that a writer may publish (PAYLOAD-1)? Says nothing about its size. */
export function validateLockPayload(data: unknown): data is LockPayload;
`;

export async function typescript(sources) {
  return {
    [`${folder}/constants.ts`]: constants(sources),
    [`${folder}/payload.ts`]: await payload(sources),
    [`${folder}/validate-payload.d.ts`]: validator,
  };
}
