import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => write(verb === "acquire" ? JSON.stringify([reply]) : reply));
