import { serve } from "./base.mjs";

serve({
  verify: () => {
    console.error("panic: index out of range");
    process.exit(2);
  },
});
