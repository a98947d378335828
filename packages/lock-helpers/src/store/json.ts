import { MAX_STORE_DEPTH } from "../generated/constants.js";
import { InvalidStore } from "./parse.js";

/** A value that JSON cannot say; the caller makes it a `file_lock_invalid_option`. */
export class NotAValue extends Error {}

/** How text is written at one place. */
export interface Style {
  /** The line break and indentation of a member on a line of its own; undefined: all on one line. */
  readonly line: string | undefined;
  /** What stands between a key and its value. */
  readonly colon: string;
  /** One more level of indentation. */
  readonly unit: string;
}

/** Spells a value (STORE-6): text and numbers as `JSON.stringify` does, white space in this style. */
export function spell(value: unknown, style: Style, level = 1): string {
  if (level > MAX_STORE_DEPTH + 1) throw new InvalidStore("deep");
  if (typeof value !== "object" || value === null) return spellScalar(value);
  const inner = style.line === undefined ? style : { ...style, line: style.line + style.unit };
  if (Array.isArray(value)) {
    const items = Array.from(value, (item) => spell(item, inner, level + 1));
    return enclose("[", items, "]", style, inner);
  }
  if (!isPlain(value)) throw new NotAValue("an object of a class is no JSON value");
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => spellScalar(key) + style.colon + spell(member, inner, level + 1));
  return enclose("{", members, "}", style, inner);
}

function spellScalar(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new NotAValue("a number must be finite");
  const isSpelled = value === null || ["boolean", "number", "string"].includes(typeof value);
  if (!isSpelled) throw new NotAValue(`a value of type ${typeof value} is no JSON value`);
  return JSON.stringify(value);
}

function enclose(opening: string, parts: readonly string[], closing: string, style: Style, inner: Style): string {
  if (parts.length === 0) return opening + closing;
  if (inner.line !== undefined) return opening + inner.line + parts.join(`,${inner.line}`) + style.line + closing;
  return opening + parts.join(endsInSpace(style.colon) ? ", " : ",") + closing;
}

export function endsInSpace(colon: string): boolean {
  return /[ \t]$/.test(colon);
}

// Of any realm.
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The value at a path of keys; undefined where there is none. */
export function valueAt(value: unknown, at: readonly string[]): unknown {
  return at.reduce<unknown>((parent, key) => {
    const isObject = typeof parent === "object" && parent !== null && !Array.isArray(parent);
    return isObject && Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined;
  }, value);
}
