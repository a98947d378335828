/** What is said under a key, without white space around it; empty where it is no text. */
export function said(credential: unknown, key: string): string {
  const value = own(credential, key);
  return typeof value === "string" ? value.trim() : "";
}

/** As `said`, for what is compared without regard to case. */
export function saidInLowerCase(credential: unknown, key: string): string {
  return said(credential, key).toLowerCase();
}

/** A member of an object; undefined where there is none. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
