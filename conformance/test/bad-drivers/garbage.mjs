import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => {
  if (verb === "acquire") write("debug: acquiring");
  write(reply);
});
