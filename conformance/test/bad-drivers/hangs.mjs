import { serve } from "./base.mjs";

serve({ verify: () => new Promise(() => {}) });
