// It says that it has a witness, and its lock says nothing of that.
import { serve, verbs } from "./base.mjs";

serve({
  acquire: async (request) => ({ ...(await verbs.acquire(request)), witness: ".openclaw-lock-0123456789abcdef.sock" }),
});
