import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => write(verb === "acquire" ? { ...reply, id: 4711 } : reply));
