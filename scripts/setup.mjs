import { setUp } from "./lib/set-up.mjs";

setUp();
