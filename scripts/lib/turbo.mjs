import { capture, run } from "./process.mjs";
import { fromRoot } from "./root.mjs";
import { venv } from "./venv.mjs";

/** What turbo does not hash by itself: a test that passed under one toolchain has not been run under another. */
function toolchains() {
  const go = capture("go", ["env", "GOVERSION", "GOOS", "GOARCH"]).stdout.split("\n").join(" ").trim();
  return `node ${process.version}, ${capture(venv("python"), ["-V"]).stdout.trim()}, ${go}`;
}

const binary = fromRoot("node_modules/.bin/turbo");
const environment = () => ({ LOCK_HELPERS_TOOLCHAINS: toolchains() });

/** Runs turbo tasks over all workspaces and answers the exit status. */
export function turbo(args, options = {}) {
  // Two at a time: the suites start processes of their own, and starved ones miss their deadlines.
  const common = ["--concurrency=2", "--output-logs=new-only", "--no-update-notifier"];
  return run(binary, ["run", ...args, ...common], { ...options, env: environment() });
}

/** What turbo would run, without running it. */
export function turboPlan(tasks) {
  const { status, stdout, stderr } = capture(binary, ["run", ...tasks, "--dry=json", "--no-update-notifier"], {
    env: environment(),
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.slice(stdout.indexOf("{")));
}
