import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { fromRoot } from "../../scripts/lib/root.mjs";
import { paths } from "./sources.mjs";

// What ajv's standalone output asks of its own runtime is only there by `require`, even in its ESM form: hence the bundle.
const bare = /\brequire\s*\(|\bimport\s*\(|^\s*import\b|^\s*export\b[^\n]*\bfrom\b/m;

/** The validator as one ES module without a dependency. */
export async function validator({ writer }) {
  const ajv = new Ajv2020.default({ strict: true, code: { source: true, esm: true, lines: true } });
  ajv.addSchema(withoutDescriptions(writer));
  const source = standaloneCode.default(ajv, { validateLockPayload: writer.$id });
  const result = await build({
    stdin: { contents: source, resolveDir: fromRoot("schemas"), loader: "js", sourcefile: "ajv" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
    banner: { js: `// Generated from ${paths.writer}; do not edit.` },
  });
  const text = result.outputFiles[0].text;
  assertSelfContained(text);
  return { "packages/lock-helpers/src/generated/validate-payload.js": text };
}

// The schema is part of the output; its prose need not be.
const withoutDescriptions = (schema) =>
  JSON.parse(
    JSON.stringify(schema, (key, value) => (key === "description" && typeof value === "string" ? undefined : value)),
  );

/** A validator that still imports something would make the package depend on it. */
export function assertSelfContained(text) {
  const found = bare.exec(text);
  if (found) throw new Error(`the bundled validator still imports: ${found[0].trim()}`);
}
