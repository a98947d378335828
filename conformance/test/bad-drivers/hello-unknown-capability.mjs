import { serve, verbs } from "./base.mjs";

serve({ hello: () => ({ ...verbs.hello(), capabilities: ["basic", "telepathy"] }) });
