/** Runs every step, also after one has failed, and answers 0 only if all did; prints a line for each. */
export function steps(table, print = console.log) {
  const failed = Object.entries(table).filter(([name, step]) => {
    const started = Date.now();
    const ok = step() === 0;
    print(`${ok ? "ok    " : "FAILED"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return !ok;
  });
  if (failed.length > 0) print(`failed: ${failed.map(([name]) => name).join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}
