import { serve } from "./base.mjs";

serve({ acquire: () => ({ status: "refused", code: "file_lock_timeout", error: { message: "file lock timeout" } }) });
