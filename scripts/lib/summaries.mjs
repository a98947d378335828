import { existsSync, readFileSync, rmSync } from "node:fs";
import { fromRoot } from "./root.mjs";

const place = (folder) => fromRoot(`${folder}/test-results/summary.json`);

export function clearSummaries(folders) {
  for (const folder of folders) rmSync(place(folder), { force: true });
}

/** What each suite left behind. A suite that left nothing did not run to its end, which is a failure. */
export function readSummaries(folders, path = place) {
  return folders.map((folder) => {
    if (!existsSync(path(folder))) return { suite: folder, passed: 0, failed: 1, skipped: 0, missing: true };
    return { ...JSON.parse(readFileSync(path(folder), "utf8")), suite: folder };
  });
}

/** The last total, `N passed, N failed`, that a program printed; one that prints none is one test by its exit status. */
export function totalOf(stdout, status) {
  const [, passed, failed] = [...stdout.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1) ?? [];
  const counts = { passed: Number(passed ?? (status === 0 ? 1 : 0)), failed: Number(failed ?? 0), skipped: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

export function total(results) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) for (const key of Object.keys(sum)) sum[key] += result[key];
  return sum;
}
