const MARK = "<!-- next -->";

/** What a changeset says, without its front matter, as one list item. */
export function entry(changeset) {
  const [, , body] = changeset.split(/^---$/m);
  if (body === undefined || body.trim() === "") throw new Error(`a changeset without text:\n${changeset}`);
  return `- ${body.trim().replace(/\n/g, "\n  ")}`;
}

/** The changelog with one more section, newest on top. */
export function addSection(changelog, version, date, changesets) {
  if (!changelog.includes(MARK)) throw new Error(`CHANGELOG.md has no line ${MARK}`);
  return changelog.replace(MARK, `${MARK}\n\n## ${version} – ${date}\n\n${changesets.map(entry).join("\n")}`);
}
