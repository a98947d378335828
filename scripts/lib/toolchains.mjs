import { capture } from "./process.mjs";

/** `1.26` and `1.24.3` compare as numbers, part by part; what is missing is zero. */
export function atLeast(version, wanted) {
  const parts = (text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [have, need] = [parts(version), parts(wanted)];
  for (let i = 0; i < need.length; i++) {
    if ((have[i] ?? 0) !== need[i]) return (have[i] ?? 0) > need[i];
  }
  return true;
}

export const wanted = { node: "20.19", python: "3.10", go: "1.24" };

/** The first of `$PYTHON`, `python3` and `python` that is new enough, or null with what was found. */
export function findPython(probe = capture, env = process.env) {
  let found = null;
  for (const command of [env.PYTHON, "python3", "python"].filter(Boolean)) {
    const version = probe(command, ["-c", "import platform; print(platform.python_version())"]).stdout.trim();
    if (version && atLeast(version, wanted.python)) return { command, version };
    found ??= version || null;
  }
  return { command: null, version: found };
}

/** One sentence for each toolchain that is missing or too old. */
export function missingToolchains({ probe = capture, node = process.versions.node, env = process.env } = {}) {
  const sentences = [];
  const complain = (name, have, where) =>
    sentences.push(`${name} ${wanted[name.toLowerCase()]} or newer is needed, found ${have ?? "none"}: ${where}`);
  if (!atLeast(node, wanted.node)) complain("Node", node, "https://nodejs.org/");
  const python = findPython(probe, env);
  if (!python.command) complain("Python", python.version, "https://www.python.org/, or set PYTHON to its path");
  const go = /go(\d+(\.\d+)*)/.exec(probe("go", ["env", "GOVERSION"]).stdout)?.[1];
  if (!go || !atLeast(go, wanted.go)) complain("Go", go, "https://go.dev/dl/");
  return sentences;
}
