import { serve } from "./base.mjs";

setInterval(() => {}, 1000);
serve({ close: () => {} });
