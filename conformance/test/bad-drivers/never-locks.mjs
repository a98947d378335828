// Says that it acquired, and has not even tried.
import { lockPathOf, serve } from "./base.mjs";

serve({
  acquire: ({ target }) => ({ lockPath: lockPathOf(target), waitedMs: 0, waits: 0, token: "" }),
  release: () => ({}),
  verify: () => ({ held: true }),
});
