import { serve } from "./base.mjs";

serve({
  acquire: () => {
    throw new Error("out of locks");
  },
});
