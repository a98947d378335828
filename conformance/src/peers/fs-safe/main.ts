// Driver around OpenClaw's own lock code: `main.js <version of @openclaw/fs-safe>`. Protocol: spec/driver.md.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { load } from "./library.js";
import { createVerbs, type Reply, type Request, refusal } from "./verbs.js";

const version = process.argv[2] ?? "";
const { library, integration } = await load(version);
const verbs = createVerbs(version, library, integration);

const send = (id: unknown, reply: Reply): void => {
  writeSync(1, `${JSON.stringify({ id, ...reply })}\n`);
};

async function answer(request: Request): Promise<void> {
  const verb = verbs[request.verb];
  if (verb === undefined) return send(request.id, { status: "error", message: `no verb ${request.verb}` });
  try {
    send(request.id, { status: "ok", ...(await verb(request)) });
  } catch (error) {
    send(request.id, refusal(error));
  }
  if (request.verb === "bye") process.exit(0);
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void answer(JSON.parse(line) as Request));
lines.on("close", () => process.exit(0));
