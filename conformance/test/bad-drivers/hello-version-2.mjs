import { serve, verbs } from "./base.mjs";

serve({ hello: () => ({ ...verbs.hello(), protocol: 2 }) });
