import { posix } from "node:path";

const link = /\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;

/** GitHub's anchor of a heading. */
const slug = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

/** The text without fenced blocks and inline code, lines kept. */
function prose(text) {
  let fenced = false;
  return text.split("\n").map((line) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    return fenced ? "" : line.replace(/`[^`]*`/g, (code) => code.replace(/[[\]()]/g, "."));
  });
}

const anchors = (text) =>
  new Set(
    prose(text)
      .filter((line) => /^#+ /.test(line))
      .map((line) => slug(line.replace(/^#+ /, ""))),
  );

/**
 * Relative links in Markdown that lead nowhere. `files` maps a path below the root to its text; `exists` answers for any
 * path below the root, folders included.
 */
export function deadLinks(files, exists) {
  const complaints = [];
  for (const [file, text] of files) {
    for (const [index, line] of prose(text).entries()) {
      for (const [, target] of line.matchAll(link)) {
        if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
        const [path, anchor] = target.split("#");
        const place = path === "" ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path)));
        const at = `${file}:${index + 1}`;
        if (place.startsWith("..") || !exists(place)) complaints.push(`${at}: dead link ${target}`);
        else if (anchor && files.has(place) && !anchors(files.get(place)).has(anchor)) {
          complaints.push(`${at}: ${place} has no heading #${anchor}`);
        }
      }
    }
  }
  return complaints;
}
