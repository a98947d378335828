import { serve } from "./base.mjs";

serve({ acquire: () => ({ status: "refused", code: "file_lock_busy", error: { message: "busy" } }) });
