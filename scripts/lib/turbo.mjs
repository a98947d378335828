import { run } from "./process.mjs";
import { fromRoot } from "./root.mjs";

/** Runs turbo tasks over all workspaces and answers the exit status. */
export function turbo(args, options) {
  // Two at a time: the suites start processes of their own, and starved ones miss their deadlines.
  const common = ["--concurrency=2", "--output-logs=new-only", "--no-update-notifier"];
  return run(fromRoot("node_modules/.bin/turbo"), ["run", ...args, ...common], options);
}
