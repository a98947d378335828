import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";

const packageRoot = fileURLToPath(new URL("..", import.meta.url));
let project = "";

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "lock-helpers-types-"));
  mkdirSync(join(project, "node_modules", "@openclaw"), { recursive: true });
  symlinkSync(packageRoot, join(project, "node_modules", "@openclaw", "lock-helpers"), "dir");
  for (const name of ["consumer.ts", "using.ts"]) {
    cpSync(join(packageRoot, "test", "consumers", name), join(project, name));
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

function faults(file: string, type: "module" | "commonjs", options: ts.CompilerOptions): string[] {
  writeFileSync(join(project, "package.json"), JSON.stringify({ type }));
  const program = ts.createProgram([join(project, file)], {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

const OLD = { lib: ["lib.es2022.d.ts", "lib.dom.d.ts"] };
const NEW = { lib: ["lib.esnext.d.ts", "lib.dom.d.ts"] };
const NODE = { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
const BUNDLER = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };

test.each([
  ["an ES module, resolved as Node does", "consumer.ts", "module", { ...NODE, ...OLD }],
  ["a CommonJS module, resolved as Node does", "consumer.ts", "commonjs", { ...NODE, ...OLD }],
  ["a module for a bundler", "consumer.ts", "module", { ...BUNDLER, ...OLD }],
  ["`using`, where the library has it", "using.ts", "module", { ...NODE, ...NEW }],
] as const)("types fit %s", (_what, file, type, options) => {
  expect(faults(file, type, { ...options, lib: [...options.lib] })).toEqual([]);
});
