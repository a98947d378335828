// Allowed: what is asked last is answered first.
import { serve, write } from "./base.mjs";

const kept = [];
serve({}, (reply, { verb }) => {
  if (verb !== "verify") return write(reply);
  kept.push(reply);
  if (kept.length === 3) for (const one of kept.reverse()) write(one);
});
