import { createHash } from "node:crypto";
import { guardOf } from "./files.js";

/** Where the marker of whoever breaks these bytes has to be (PATH-5). */
export function markerOf(target: string, broken: string): string {
  const digest = createHash("sha256").update(broken).digest("hex");
  return `${guardOf(target)}.${digest.slice(0, 16)}`;
}
