import { serve, write } from "./base.mjs";

const exit = process.exit;
process.exit = () => {};
setInterval(() => {}, 1000);
serve({ close: () => exit(0) }, write);
