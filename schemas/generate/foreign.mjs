import { paths } from "./sources.mjs";

/** The entries of foreign.json with every condition in its place, `undefined` where there is none. */
const flat = ({ foreign }) =>
  foreign.map(({ kind, when, pid, what, remedy, removable }) => ({
    ...{ kind, what, remedy, removable },
    ...{ object: when.object ?? "regular", entries: when.entries, size: when.size, directory: when.directory },
    ...{ kernelLock: when.kernelLock, begins: when.begins, key: when.key, lines: when.lines, torn: when.torn },
    ...{ content: when.content, pidKey: pid?.key, pidLine: pid?.line },
  }));

const given = (entry) => Object.entries(entry).filter(([, value]) => value !== undefined);
const quoted = (text) => JSON.stringify(text).replaceAll("\\u0000", "\\x00");

function typescript(sources) {
  const entries = flat(sources).map((entry) => {
    const members = given(entry).map(([key, value]) => `    ${key}: ${quoted(value)},\n`);
    return `  {\n${members.join("")}  },\n`;
  });
  return `// Generated from ${paths.foreign}; do not edit.
// biome-ignore-all format: as it is made

/** One way to name a lock that is nobody's (FOREIGN-1). What is missing is no condition. */
export interface ForeignEntry {
  readonly kind: string;
  readonly what: string;
  readonly remedy: string;
  readonly removable: boolean;
  readonly object: string;
  readonly entries?: "none";
  readonly size?: "empty" | "oversized";
  readonly directory?: string;
  readonly kernelLock?: "flock" | "fcntl";
  readonly begins?: readonly string[];
  readonly key?: string;
  readonly lines?: readonly (readonly ("number" | "text")[])[];
  readonly torn?: string;
  readonly content?: "json";
  readonly pidKey?: string;
  readonly pidLine?: string;
}

/** The first that fits names it. Texts stand for bytes, one character each. */
export const FOREIGN_ENTRIES: readonly ForeignEntry[] = [
${entries.join("")}];
`;
}

const snake = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const tuple = (items) => `(${items.map((item) => `${item},`).join(" ")})`;

function pythonValue(key, value) {
  if (key === "begins") return tuple(value.map((text) => `b${quoted(text)}`));
  if (key === "torn" || key === "pidLine") return `b${quoted(value)}`;
  if (key === "lines") return tuple(value.map((shape) => tuple(shape.map(quoted))));
  return typeof value === "boolean" ? (value ? "True" : "False") : quoted(value);
}

function python(sources) {
  const entries = flat(sources).map((entry) => {
    const members = given(entry).map(([key, value]) => `        ${snake(key)}=${pythonValue(key, value)},\n`);
    return `    ForeignEntry(\n${members.join("")}    ),\n`;
  });
  return `# Generated from ${paths.foreign}; do not edit.
"""How a lock that is nobody's is named."""

from typing import Final, NamedTuple


class ForeignEntry(NamedTuple):
    """One way to name it (FOREIGN-1). \`\`None\`\` is no condition."""

    kind: str
    what: str
    remedy: str
    removable: bool
    object: str
    entries: str | None = None
    size: str | None = None
    directory: str | None = None
    kernel_lock: str | None = None
    begins: tuple[bytes, ...] | None = None
    key: str | None = None
    lines: tuple[tuple[str, ...], ...] | None = None
    torn: bytes | None = None
    content: str | None = None
    pid_key: str | None = None
    pid_line: bytes | None = None


#: The first that fits names it.
FOREIGN_ENTRIES: Final = (
${entries.join("")})
`;
}

function goValue(key, value) {
  if (key === "begins") return `[]string{${value.map(quoted).join(", ")}}`;
  if (key === "lines") return `[][]string{${value.map((shape) => `{${shape.map(quoted).join(", ")}}`).join(", ")}}`;
  if (key === "pidLine") return `ptr(${quoted(value)})`;
  return typeof value === "boolean" ? String(value) : quoted(value);
}

function go(sources) {
  const entries = flat(sources).map((entry) => {
    const members = given(entry);
    const longest = Math.max(...members.map(([key]) => key.length));
    const lines = members.map(
      ([key, value]) => `\t\t${key}:${" ".repeat(longest - key.length + 1)}${goValue(key, value)},\n`,
    );
    return `\t{\n${lines.join("")}\t},\n`;
  });
  return `// Code generated from ${paths.foreign}; DO NOT EDIT.

package sidecar

// foreignEntry is one way to name a lock that is nobody's (FOREIGN-1). What is empty is no condition.
type foreignEntry struct {
	kind, what, remedy string
	removable          bool

	object, entries, size, directory, kernelLock string

	begins []string
	key    string
	lines  [][]string
	torn   string

	content, pidKey string
	// nil: there is none; empty: the first line.
	pidLine *string
}

// foreignEntries: the first that fits names it. Texts stand for bytes.
var foreignEntries = []foreignEntry{
${entries.join("")}}

func ptr(text string) *string { return &text }
`;
}

export function foreign(sources) {
  return {
    "packages/lock-helpers/src/generated/foreign.ts": typescript(sources),
    "python/src/openclaw_lock_helpers/_generated/foreign.py": python(sources),
    "go/sidecar/foreign_gen.go": go(sources),
  };
}
