import { printable } from "@openclaw/lock-helpers/tools";

/**
 * A path as one word for a shell, to be copied from the screen. Where something in it must not reach the screen raw it
 * becomes bash's `$'…'`, which means the same name.
 */
export function shellWord(path: string): string {
  const shown = printable(path, path.length + 1);
  if (shown === path) return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
  const quoted = path.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `$'${printable(quoted, quoted.length + 1)}'`;
}
