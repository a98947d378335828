// Control characters would let a lock's content move the cursor of whoever reads the log; bidirectional controls would
// let a name read as another one; line separators would forge a second log line.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** Text from a file, a name or a path made fit for a message: escaped, and at most `limit` characters (ERROR-3). */
export function printable(text: string, limit = 1024): string {
  const bounded = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return bounded.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A path as one word of a POSIX shell command. */
export function shellWord(path: string): string {
  return `'${printable(path).replaceAll("'", `'\\''`)}'`;
}
