/** One line for each file that differs between two snapshots (path to content). */
export function changes(before, after) {
  const lines = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (!after.has(path)) lines.push(`no longer generated: ${path}`);
    else if (!before.has(path)) lines.push(`was missing: ${path}`);
    else if (before.get(path) !== after.get(path)) lines.push(`differs: ${path}`);
  }
  return lines;
}
