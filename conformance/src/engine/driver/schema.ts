import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { readData } from "../data.js";

/** What is wrong with a message, or undefined. */
export type MessageCheck = (message: unknown) => string | undefined;

let compiler: { ajv: Ajv2020; id: string; definitions: ReadonlySet<string> } | undefined;

function load(): { ajv: Ajv2020; id: string; definitions: ReadonlySet<string> } {
  if (compiler !== undefined) return compiler;
  const schema = JSON.parse(readData("schemas/driver.schema.json")) as { $id: string; $defs: Record<string, unknown> };
  const ajv = new Ajv2020({ allErrors: false, strict: false, validateFormats: false });
  ajv.addSchema(schema);
  compiler = { ajv, id: schema.$id, definitions: new Set(Object.keys(schema.$defs)) };
  return compiler;
}

const validators = new Map<string, ValidateFunction>();

function check(definition: string, message: unknown): string | undefined {
  const { ajv, id } = load();
  let validate = validators.get(definition);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `${id}#/$defs/${definition}` });
    validators.set(definition, validate);
  }
  if (validate(message)) return undefined;
  const [error] = validate.errors ?? [];
  return error === undefined
    ? "does not match"
    : `${error.instancePath || "the message"} ${error.message ?? ""}`.trim();
}

export const knowsVerb = (verb: string): boolean => load().definitions.has(`${verb}-request`);

export const checkRequest = (verb: string, message: unknown): string | undefined => check(`${verb}-request`, message);

/**
 * A reply can only be checked by the verb it answers. The branch is chosen by its status first, so that the complaint names
 * the field and not three alternatives.
 */
export function checkReply(verb: string, message: unknown): string | undefined {
  const status = (message as { status?: unknown }).status;
  if (status === "refused") return check("refused", message);
  if (status === "error") return check("error", message);
  if (status !== "ok") return "/status must be ok, refused or error";
  return check(knowsVerb(verb) ? `${verb}-ok` : "ok", message);
}

export const checkEvent = (message: unknown): string | undefined => check("event", message);
