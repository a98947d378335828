import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => write(verb === "acquire" ? { ...reply, padding: "x".repeat(1024 * 1024) } : reply));
