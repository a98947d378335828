import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => write(verb === "acquire" ? { ...reply, id: String(reply.id) } : reply));
