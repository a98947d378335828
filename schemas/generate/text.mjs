/** `staleMs` to `STALE_MS`. */
export const screamingSnake = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** `staleMs` to `StaleMs`. */
export const capitalised = (key) => key[0].toUpperCase() + key.slice(1);

/** A whole number as all three languages write it; from 10 000 on with `_` between thousands. */
export const integer = (value) => {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number: ${value}`);
  return Math.abs(value) < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, "_");
};

/** Text as comment lines behind `prefix`, none longer than `width`. */
export function comment(prefix, text, width = 100) {
  const lines = [prefix];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== prefix && last.length + 1 + word.length > width) lines.push(`${prefix} ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}

/** A constant's reason and unit in one sentence. */
export const reason = ({ unit, why }) => `${capitalised(why)} (${unit}).`;
