import { serve, verbs } from "./base.mjs";

serve({ acquire: async (request) => ({ ...(await verbs.acquire(request)), waitedMs: "soon" }) });
