import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What OpenClaw guards with sidecars, as it lies in its state directory. */
export const DEFAULT_TARGET = "agents/main/agent/auth-profiles.json";

const FILES: Readonly<Record<string, unknown>> = {
  "openclaw.json": { gateway: { mode: "local" } },
  "credentials/oauth.json": {},
  [DEFAULT_TARGET]: { version: 1, profiles: {} },
  "agents/main/sessions/sessions.json": {},
};

/** Makes a state directory. Everybody may write: some cases run a driver as another user. */
export function layOut(folder: string): void {
  for (const [name, content] of Object.entries(FILES)) guardedFile(folder, name, content);
}

/** The path of a file to guard, made unless it is there. */
export function guardedFile(folder: string, name: string, content: unknown = {}): string {
  const path = join(folder, name);
  openDirectory(folder, dirname(path));
  if (!existsSync(path)) {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
    chmodSync(path, 0o666);
  }
  return path;
}

function openDirectory(top: string, folder: string): void {
  if (existsSync(folder)) return;
  if (folder !== top) openDirectory(top, dirname(folder));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
}
