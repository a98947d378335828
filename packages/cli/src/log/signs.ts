import { RULES, type Sign } from "./rules.js";
import type { LogText } from "./text.js";

/** What a line is about, as far as it says. Somebody else's text. */
export interface About {
  readonly path?: string;
  readonly provider?: string;
  readonly profile?: string;
  readonly pid?: number;
  readonly reason?: string;
}

export interface Found {
  readonly sign: Sign;
  /** Where in the line what was recognised ends. */
  readonly end: number;
  readonly about: About;
}

const PROVIDER = [
  /\bprovider=([\w.@-]+)/,
  /\bcandidate(?:Provider)?=([\w.@-]+)/,
  /\brequested(?:Provider)?=([\w.@-]+)/,
  /\[([\w.@-]+)\] Token refresh failed/,
  /OAuth token refresh failed for ([\w.@-]*\w)/,
];
const PROFILE = [/\bprofile(?:Id)?=([\w.@:+-]+)/];

/** What a line is a sign of: one of each kind at most, what the rules find about it put together. */
export function signsOf({ text, isLog }: LogText): Found[] {
  const found = new Map<Sign, About>();
  const ends = new Map<Sign, number>();
  for (const { sign, pattern, isLoose, isFallback } of RULES) {
    if (isLoose && !isLog) continue;
    if (isFallback && [...found.keys()].some((other) => other !== "fallback")) continue;
    const match = pattern.exec(text);
    if (!match) continue;
    ends.set(
      sign,
      Math.max(ends.get(sign) ?? 0, match.index + match[0].length + (match.groups?.["path"]?.length ?? 0)),
    );
    found.set(sign, { ...aboutOf(match.groups ?? {}), ...found.get(sign) });
  }
  // That it was tried again elsewhere, or that it was for a login, is said in passing of a lock too.
  if (found.has("session-wait")) found.delete("lock-wait");
  const [provider, profile] = [firstOf(PROVIDER, text), firstOf(PROFILE, text)];
  return [...found].map(([sign, about]) => ({
    sign,
    end: ends.get(sign) ?? 0,
    about: { ...(provider !== undefined && { provider }), ...(profile !== undefined && { profile }), ...about },
  }));
}

function aboutOf({ path, provider, profile, pid, reason }: Record<string, string | undefined>): About {
  const at = path === undefined ? "" : wholePath(path.trim());
  return {
    ...(at && { path: at }),
    ...(provider && { provider }),
    ...(profile && { profile }),
    ...(pid && { pid: Number(pid) }),
    ...(reason && { reason: reason.toLowerCase().replace(/[()]/g, "") }),
  };
}

// A blank is part of a path only before a name that says where the path ends.
function wholePath(path: string): string {
  const isPlain = !/\s/.test(path);
  const ends = isPlain
    ? undefined
    : /^.*(?:\.json|\.lock|\.sqlite|[\\/](?:sha256|lock)-[0-9a-f]+)(?=\s|$)/.exec(path)?.[0];
  const whole = (isPlain ? path : (ends ?? path.split(/\s/)[0]!)).replace(/[.…]+$/, "");
  return /[\\/]$/.test(whole) ? "" : whole;
}

function firstOf(patterns: readonly RegExp[], text: string): string | undefined {
  for (const pattern of patterns) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

const VERSION = /\bopenclaw(?: v?|@)(20\d\d\.\d{1,2}\.\d{1,3})\b/i;

/** The release that a line names. */
export function versionIn(text: string): string | undefined {
  return VERSION.exec(text)?.[1];
}
