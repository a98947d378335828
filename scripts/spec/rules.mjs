const rule = /^- \*\*([A-Z]+-\d+)\*\* \((MUST|MUST NOT|SHOULD|SHOULD NOT|MAY)\) \S/;
const looksLikeRule = /^\s*[-*] \*\*[A-Za-z]+-?\d+/;

/** The rules of the contract, `{ id, keyword, file, line }`, from a map of file name to text; and what is wrong with them. */
export function collectRules(files) {
  const rules = new Map();
  const complaints = [];
  for (const [file, text] of files) {
    for (const [index, content] of text.split("\n").entries()) {
      const at = `${file}:${index + 1}`;
      const match = rule.exec(content);
      if (!match && looksLikeRule.test(content)) complaints.push(`${at}: not of the form "- **ID-1** (MUST) text"`);
      if (!match) continue;
      const [, id, keyword] = match;
      const first = rules.get(id);
      if (first) complaints.push(`${at}: ${id} is already at ${first.file}:${first.line}`);
      else rules.set(id, { id, keyword, file, line: index + 1 });
    }
  }
  if (rules.size === 0) complaints.push("no rule found: nothing would be checked");
  return { rules, complaints };
}
