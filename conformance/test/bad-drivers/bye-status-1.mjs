import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => {
  write(reply);
  if (verb === "bye") process.exit(1);
});
