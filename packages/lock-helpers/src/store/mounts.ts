import { readFileSync } from "node:fs";

/** Whether something is mounted at the path, its directory resolved (STORE-8). */
export function isMountPoint(mountinfo: Buffer, path: string): boolean {
  const wanted = Buffer.from(path, "utf8").toString("latin1");
  return mountinfo
    .toString("latin1")
    .split("\n")
    .some((line) => plainPath(line.split(" ")[4]) === wanted);
}

// In one pass: a backslash that was one is written as \134, and digits behind it are a name's.
function plainPath(field: string | undefined): string | undefined {
  return field?.replace(/\\([0-3][0-7]{2})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** As `isMountPoint`, by this process's own mounts. Where they cannot be read, the rename will tell. */
export function isMounted(path: string): boolean {
  try {
    return isMountPoint(readFileSync("/proc/self/mountinfo"), path);
  } catch {
    return false;
  }
}
