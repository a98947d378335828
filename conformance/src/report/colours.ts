/** Told apart by most eyes, on white and on black; red is kept for overlaps. */
const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c6bb1", "#a6761d", "#7f7f7f"];

/** A colour for each implementation, the same throughout a report. */
export function colours(names: Iterable<string>): ReadonlyMap<string, string> {
  const unique = [...new Set(names)];
  return new Map(unique.map((name, index) => [name, PALETTE[index % PALETTE.length]!]));
}
