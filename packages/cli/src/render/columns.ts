import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

export interface Cell {
  readonly text: string;
  /** Columns that it gets; infinite: as many as it needs. */
  readonly width: number;
}

const GAP = "  ";

/** One row of a table: each cell broken where it is full, two spaces between cells, none at the end of a line. */
export function row(cells: readonly Cell[]): string {
  const broken = cells.map(({ text, width }) => breakText(text, width));
  const height = Math.max(...broken.map(({ length }) => length));
  const lines = Array.from({ length: height }, (_, line) =>
    cells
      .map(({ width }, column) => pad(broken[column]?.[line] ?? "", width))
      .join(GAP)
      .trimEnd(),
  );
  return lines.join("\n");
}

/**
 * Text broken into lines and set in. A word that is longer than a line is left to the terminal to break: so a path can be
 * copied as what it is.
 */
export function paragraph(text: string, width: number, indent: number): string {
  const margin = " ".repeat(indent);
  const lines = Number.isFinite(width) ? wrapAnsi(text, Math.max(width - indent, 1)).split("\n") : [text];
  return lines.map((line) => `${margin}${line}`.trimEnd()).join("\n");
}

function breakText(text: string, width: number): string[] {
  return Number.isFinite(width) ? wrapAnsi(text, Math.max(width, 1), { hard: true }).split("\n") : [text];
}

function pad(text: string, width: number): string {
  return Number.isFinite(width) ? text + " ".repeat(Math.max(0, width - stringWidth(text))) : text;
}
