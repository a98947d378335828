import { writeSync } from "node:fs";
import { serve } from "./base.mjs";

serve({
  verify: () => {
    writeSync(1, '{"id":3,"sta');
    process.exit(1);
  },
});
