import { endsInSpace, NotAValue, type Style, spell } from "./json.js";
import { endOf, type Member, membersOf } from "./members.js";
import { InvalidStore, parseStore } from "./parse.js";
import { skipSpace } from "./scan.js";
import type { JsonValue, StoreEdit } from "./types.js";

/** What a store that is not there yet is edited as. */
export const NEW_STORE = Buffer.from("{}\n");

/**
 * Makes the edits one after the other (STORE-6); every byte outside of them stays.
 *
 * @throws InvalidStore when the bytes, or what would become of them, are no store; NotAValue for an edit that is none.
 */
export function editBytes(bytes: Buffer, edits: readonly StoreEdit[]): Buffer {
  for (const edit of edits) checkEdit(edit);
  let result = bytes;
  let text = parseStore(bytes);
  for (const edit of edits) {
    result = Buffer.from(applyEdit(text, edit), "utf8");
    text = parseStore(result);
  }
  return result;
}

function checkEdit(edit: StoreEdit): void {
  const { at, remove, value } = edit;
  const isPath = Array.isArray(at) && at.length > 0 && at.every((key) => typeof key === "string");
  if (!isPath) throw new NotAValue("an edit needs a path of at least one key");
  if (remove === undefined ? value === undefined : remove !== true || value !== undefined) {
    throw new NotAValue("an edit either has a value or removes one");
  }
}

function applyEdit(text: string, edit: StoreEdit): string {
  let bracket = skipSpace(text, 0);
  let parent: Member | undefined;
  for (const [depth, key] of edit.at.entries()) {
    if (text[bracket] !== "{") {
      if (edit.remove) return text;
      throw new InvalidStore("not-an-object");
    }
    const members = [...membersOf(text, bracket)];
    const index = members.findIndex((member) => member.key === key);
    const member = members[index];
    const isLast = depth === edit.at.length - 1;
    if (member && !isLast) {
      parent = member;
      bracket = member.valueStart;
      continue;
    }
    if (edit.remove) return member ? remove(text, bracket, members, index) : text;
    if (member) return replace(text, member, edit.value);
    const value = edit.at.slice(depth + 1).reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), edit.value);
    return append(text, { bracket, parent, last: members.at(-1), isOnly: members.length === 1 }, key, value);
  }
  throw new NotAValue("an edit needs a path of at least one key");
}

function replace(text: string, member: Member, value: JsonValue): string {
  return text.slice(0, member.valueStart) + spell(value, styleOf(text, member)) + text.slice(member.valueEnd);
}

function remove(text: string, bracket: number, members: readonly Member[], index: number): string {
  const { keyStart, valueEnd } = members[index]!;
  const [before, behind] = [members[index - 1], members[index + 1]];
  if (behind) return text.slice(0, keyStart) + text.slice(behind.keyStart);
  if (before) return text.slice(0, before.valueEnd) + text.slice(valueEnd);
  return `${text.slice(0, bracket)}{}${text.slice(endOf(text, bracket))}`;
}

interface Place {
  readonly bracket: number;
  /** The member that the object is the value of; undefined for the outermost. */
  readonly parent: Member | undefined;
  readonly last: Member | undefined;
  readonly isOnly: boolean;
}

function append(text: string, { bracket, parent, last, isOnly }: Place, key: string, value: JsonValue): string {
  if (!last) {
    const style = parent
      ? styleOf(text, parent)
      : { line: /\r\n|\n|\r/.exec(text)?.[0] ?? "\n", colon: ": ", unit: "  " };
    return text.slice(0, bracket) + spell({ [key]: value }, style) + text.slice(endOf(text, bracket));
  }
  const style = styleOf(text, last);
  const gap = style.line ?? (isOnly ? (endsInSpace(style.colon) ? " " : "") : last.gap);
  const member = gap + JSON.stringify(key) + style.colon + spell(value, style);
  return `${text.slice(0, last.valueEnd)},${member}${text.slice(last.valueEnd)}`;
}

function styleOf(text: string, member: Member): Style {
  const colon = text.slice(member.keyEnd, member.valueStart);
  return { line: lineOf(member.gap), colon: /[\r\n]/.test(colon) ? ": " : colon, unit: unitOf(text) };
}

/** From the last line break on; undefined where there is none. */
function lineOf(gap: string): string | undefined {
  return /(?:\r\n|\n|\r)[^\r\n]*$/.exec(gap)?.[0];
}

function unitOf(text: string): string {
  const first = membersOf(text, skipSpace(text, 0)).next().value;
  const line = first && lineOf(first.gap);
  return line === undefined ? "  " : line.replace(/^[\r\n]+/, "");
}
