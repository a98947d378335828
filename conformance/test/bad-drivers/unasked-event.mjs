import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => {
  if (verb === "acquire") write({ event: "point", point: "acquire:linked" });
  write(reply);
});
