import { safe } from "./render/words.js";
import { UsageError } from "./usage-error.js";

// The library refuses any other value, for each lock anew; said once, and at once, it is easier to understand.
const VALUES: Readonly<Record<string, readonly string[]>> = {
  OPENCLAW_LOCKS_TRUST_PIDS: ["1", "0"],
  OPENCLAW_LOCKS_WITNESS: ["auto", "always", "never"],
};

/** Refuses a setting that would be misunderstood. */
export function checkEnvironment(env: NodeJS.ProcessEnv): void {
  for (const [name, values] of Object.entries(VALUES)) {
    const value = env[name];
    if (value && !values.includes(value)) {
      throw new UsageError(`${name} must be one of ${values.join(", ")}, not ${safe(value, 64)}`);
    }
  }
}
