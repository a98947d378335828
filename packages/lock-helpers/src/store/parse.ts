import { isUtf8 } from "node:buffer";
import { MAX_STORE_BYTES, MAX_STORE_DEPTH } from "../generated/constants.js";
import { NotJson, type Scanned, scan } from "./scan.js";
import type { InvalidKind } from "./types.js";

/** Bytes that are no store. */
export class InvalidStore extends Error {
  readonly kind: InvalidKind;

  constructor(kind: InvalidKind) {
    super(kind);
    this.kind = kind;
  }
}

// The beginnings of characters (table 3-7 of Unicode), at the very end.
const CUT =
  /(?:[\xc2-\xf4]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xe0[\xa0-\xbf]|\xed[\x80-\x9f]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]?)?$/;

/** The text of a store. Throws `InvalidStore` with the first kind of the table that applies. */
export function parseStore(bytes: Buffer): string {
  if (bytes.length > MAX_STORE_BYTES) throw new InvalidStore("huge");
  if (isBlank(bytes)) throw new InvalidStore("empty");
  if (hasMark(bytes)) throw new InvalidStore("bom");
  if (bytes.includes(0)) throw new InvalidStore("nul");
  const cut = CUT.exec(bytes.subarray(-3).toString("latin1"))![0].length;
  const whole = bytes.subarray(0, bytes.length - cut);
  if (!isUtf8(whole)) throw new InvalidStore("encoding");
  const text = whole.toString("utf8");
  const { depth, hasTwice, isObject } = scanBefore(text, cut > 0);
  if (depth > MAX_STORE_DEPTH) throw new InvalidStore("deep");
  if (hasTwice) throw new InvalidStore("duplicate-key");
  if (!isObject) throw new InvalidStore("not-an-object");
  return text;
}

/** @param isCut a character that is not whole follows: it can only be the next one of a string. */
function scanBefore(text: string, isCut: boolean): Scanned {
  let scanned: Scanned;
  try {
    scanned = scan(text);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new InvalidStore(isCut && !error.isInString ? "encoding" : error.kind);
  }
  if (isCut) throw new InvalidStore("encoding");
  return scanned;
}

const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => BLANKS.has(byte));
}

function hasMark(bytes: Buffer): boolean {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return true;
  return (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
}
