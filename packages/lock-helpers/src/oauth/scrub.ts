import { printable } from "../escape.js";

const HIDDEN = "[hidden]";
// As many characters of a token in a row are taken for a part of it.
const SHORTEST_PART = 8;
const LONGEST = 400;
// What is called a token, and what looks like one: the answer's are not known when a refresh function fails.
const LABELLED =
  /((?:token|secret|password|assertion|authorization|bearer|basic|code)["']?\s*[:=]?\s*["']?(?:(?:bearer|basic)\s+)?)([^\s"'&,;}]{6,})/gi;
const OPAQUE = /[A-Za-z0-9_-]{20,}/g;

/** The message of a refresh function's own error, fit to be shown: no token of the attempt is in it (REFRESH-12). */
export function messageOf(error: unknown, tokens: readonly string[]): string {
  // The parser's message quotes what it has read, which is the answer.
  if (error instanceof SyntaxError) return "the answer could not be parsed";
  const text = error instanceof Error ? error.message : "";
  const code = errnoBehind(error);
  const message = scrub(text, tokens) || "no message";
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

/** Hides the tokens, every part of them, and whatever looks like one. */
export function scrub(text: string, tokens: readonly string[]): string {
  const forms = tokens.filter((token) => token !== "").flatMap(spellings);
  return printable(
    hideParts(text.slice(0, 10 * LONGEST), forms)
      .replace(LABELLED, `$1${HIDDEN}`)
      .replace(OPAQUE, (word) => (/[0-9]/.test(word) ? HIDDEN : word)),
    LONGEST,
  );
}

function spellings(token: string): string[] {
  return [...new Set([token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)])];
}

function hideParts(text: string, forms: readonly string[]): string {
  const isPart = new Array<boolean>(text.length).fill(false);
  for (const form of forms) {
    const length = Math.min(form.length, SHORTEST_PART);
    const parts = new Set<string>();
    for (let at = 0; at + length <= form.length; at++) parts.add(form.slice(at, at + length));
    for (let at = 0; at + length <= text.length; at++) {
      if (parts.has(text.slice(at, at + length))) isPart.fill(true, at, at + length);
    }
  }
  let shown = "";
  for (let at = 0; at < text.length; at++) {
    if (!isPart[at]) shown += text[at];
    else if (!isPart[at - 1]) shown += HIDDEN;
  }
  return shown;
}

// `fetch` tells only in its error's cause what has failed.
function errnoBehind(error: unknown): string | undefined {
  const { code, cause } = Object(error) as { code?: unknown; cause?: unknown };
  const found = [code, (Object(cause) as { code?: unknown }).code].find((value) => typeof value === "string");
  return typeof found === "string" && /^[A-Z][A-Z0-9_]{1,31}$/.test(found) ? found : undefined;
}

/** An OAuth error code as it may be written down (REFRESH-4). */
export function reasonOf(given: unknown, tokens: readonly string[]): string {
  const isCode = typeof given === "string" && /^[a-z0-9_.-]{1,64}$/.test(given);
  return isCode && scrub(given, tokens) === given ? given : "other";
}
