// Says that it released, and has not.
import { serve } from "./base.mjs";

serve({ release: () => ({}) });
