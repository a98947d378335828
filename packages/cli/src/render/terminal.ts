/** What the screen, or whatever stdout is, can show. */
export interface Terminal {
  /** Columns; infinite where nothing should be broken: a pipe or a file, which somebody may search. */
  readonly width: number;
  readonly hasColour: boolean;
}

const NARROWEST = 20;

/** `COLUMNS` wins, since somebody has said so; colours only on a screen, and not with `NO_COLOR` (no-color.org). */
export function terminalOf(
  stdout: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): Terminal {
  const asked = Number(env["COLUMNS"]);
  const own = stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  const width = Number.isInteger(asked) && asked > 0 ? asked : own || 80;
  const hasColour = stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return { width: Math.max(width, NARROWEST), hasColour };
}
