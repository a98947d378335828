import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BOTH, dist } from "./children.js";
import { namesIn, usePlace } from "./support.js";

const place = usePlace();

function run(script: string): string {
  if (!existsSync(dist("esm/index.js"))) throw new Error("run `npm run build` first");
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).trim();
}

test("the ESM and the CommonJS copy know each other's errors and locks", () => {
  const output = run(`${BOTH}
    await esm.withFileLock(${JSON.stringify(place.target)}, async () => {
      try {
        await cjs.acquireFileLock(${JSON.stringify(place.target)});
      } catch (error) {
        console.log(error.code, esm.isFileLockError(error), error instanceof esm.FileLockError);
      }
    });`);
  expect(output).toBe("file_lock_reentrant true false");
});

test("the tools are there as ESM and as CommonJS, and see what the library holds", () => {
  const output = run(`${BOTH}
    import * as tools from ${JSON.stringify(new URL("../dist/esm/tools.js", import.meta.url).href)};
    const { classifyName } = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(dist("cjs/tools.js"))});
    await esm.withFileLock(${JSON.stringify(place.target)}, async (lock) => {
      const { verdict, reason } = await tools.inspectLock(lock.lockPath);
      console.log(classifyName("x.lock"), verdict, reason, tools.VERSION === esm.VERSION);
    });`);
  expect(output).toBe("lock held descriptor-open true");
});

test.each(["store", "oauth", "openclaw"])("%s is there as ESM and as CommonJS, with the same names", (entry) => {
  const output = run(`
    import { createRequire } from "node:module";
    import * as esm from ${JSON.stringify(new URL(`../dist/esm/${entry}.js`, import.meta.url).href)};
    const cjs = createRequire(import.meta.url)(${JSON.stringify(dist(`cjs/${entry}.js`))});
    console.log(Object.keys(esm).length > 5, Object.keys(esm).sort().join() === Object.keys(cjs).sort().join());`);
  expect(output).toBe("true true");
});

test("who only takes locks does not load what stores and refreshes need", () => {
  const text = readFileSync(dist("esm/index.js"), "utf8");
  for (const name of ["node:sqlite", "node:http", ".openclaw-store-", "invalid_grant"])
    expect(text).not.toContain(name);
});

test("a process that exits removes the locks that it holds", () => {
  run(`${BOTH} await esm.acquireFileLock(${JSON.stringify(place.target)}); process.exit(0);`);
  expect(namesIn(place)).toEqual([]);
});

test("a process that ends by itself is not kept alive by a held lock, and removes it", () => {
  run(`${BOTH} await esm.acquireFileLock(${JSON.stringify(place.target)});`);
  expect(namesIn(place)).toEqual([]);
});

test("a process that only waits is kept alive until it has the lock", () => {
  const output = run(`${BOTH}
    const first = await esm.acquireFileLock(${JSON.stringify(place.target)});
    setTimeout(() => first.release(), 30).unref();
    await esm.acquireFileLock(${JSON.stringify(place.target)});
    console.log("taken");`);
  expect(output).toBe("taken");
});
