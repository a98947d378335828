import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => {
  if (verb !== "acquire") return write(reply);
  setInterval(() => process.stdout.write("x".repeat(65_536)), 1);
});
