import { serve } from "./base.mjs";

process.on("SIGTERM", () => {});
setInterval(() => {}, 1000);
serve({ close: () => {} });
