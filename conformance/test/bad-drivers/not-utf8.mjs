import { writeSync } from "node:fs";
import { serve, write } from "./base.mjs";

serve({}, (reply, { verb }) => {
  if (verb === "acquire") writeSync(1, Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]));
  write(reply);
});
