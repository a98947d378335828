import { serve, verbs } from "./base.mjs";

serve({ hello: () => ({ ...verbs.hello(), name: undefined }) });
