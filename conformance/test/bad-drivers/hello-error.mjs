import { serve } from "./base.mjs";

serve({
  hello: () => {
    throw new Error("no library");
  },
});
