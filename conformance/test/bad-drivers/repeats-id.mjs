import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => {
  write(reply);
  if (verb === "acquire") write(reply);
});
