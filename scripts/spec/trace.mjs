/**
 * Every rule is cited by a case or excused with a reason, never both; and nothing cites what is not there.
 * `cases` are `{ id, rules }`, `untested` maps a rule to the reason why no case can cite it.
 */
export function traceRules(rules, cases, untested) {
  const complaints = [];
  const cited = new Map();
  const seen = new Set();
  if (cases.length === 0) complaints.push("the suite lists no case: nothing would be checked");
  for (const { id, rules: ids } of cases) {
    if (seen.has(id)) complaints.push(`case ${id}: the name is taken twice`);
    seen.add(id);
    if (!Array.isArray(ids) || ids.length === 0) complaints.push(`case ${id}: cites no rule`);
    for (const rule of ids ?? []) {
      cited.set(rule, id);
      if (!rules.has(rule)) complaints.push(`case ${id}: cites ${rule}, which is not a rule`);
    }
  }
  for (const [rule, reason] of Object.entries(untested)) {
    if (!rules.has(rule)) complaints.push(`untested.json: ${rule} is not a rule`);
    if (typeof reason !== "string" || reason.trim() === "") complaints.push(`untested.json: ${rule} has no reason`);
    if (cited.has(rule))
      complaints.push(`untested.json: ${rule} is cited by case ${cited.get(rule)}; remove the entry`);
  }
  for (const { id, file, line } of rules.values()) {
    if (!cited.has(id) && !(id in untested))
      complaints.push(`${file}:${line}: no case cites ${id}, and untested.json does not say why`);
  }
  return complaints;
}
