/** Mentions of a rule, in any file, that name a subject of the contract and a number that it does not have. */
export function danglingMentions(rules, files) {
  const subjects = new Set([...rules.keys()].map((id) => id.split("-")[0]));
  const complaints = [];
  for (const [file, text] of files) {
    for (const [index, content] of text.split("\n").entries()) {
      for (const [id, subject] of content.matchAll(/\b([A-Z]{3,})-\d+\b/g)) {
        if (subjects.has(subject) && !rules.has(id)) complaints.push(`${file}:${index + 1}: there is no rule ${id}`);
      }
    }
  }
  return complaints;
}
