import { spokenDuration } from "../duration.js";
import type { Finding } from "../log/collect.js";
import { shellWord } from "../render/shell.js";
import { type Case, spanOf } from "./case.js";
import { type Diagnosis, type Evidence, evidenceOf } from "./diagnosis.js";
import { isAtLeast } from "./release.js";
import type { Login } from "./stores.js";

const NO_LOCK = "No lock is to blame, and to remove one will not help.";
/** OpenClaw's own refresh ends within two minutes; half of one for its save. */
const FENCE_MS = 150_000;
const FENCES_SINCE = "2026.9.5";

/** What is the matter with logins. */
export function loginDiagnoses(about: Case): Diagnosis[] {
  const fences = fenceDiagnoses(about);
  return [
    ...burned(about),
    ...fences,
    ...(fences.length > 0 ? [] : timeouts(about)),
    ...simple(about, "not-saved"),
    ...simple(about, "store-failed"),
    ...simple(about, "account-mismatch"),
    ...simple(about, "store-migration"),
  ];
}

function burned(about: Case): Diagnosis[] {
  const lines = about.findings.of("token-dead");
  const named = new Map<string, Finding[]>();
  for (const finding of lines) {
    const provider = finding.about.provider ?? providerOf(finding.about.profile) ?? "";
    named.set(provider, [...(named.get(provider) ?? []), finding]);
  }
  const nameless = named.get("");
  const first = [...named.keys()].find((provider) => provider !== "") ?? onlyProvider(about);
  if (nameless && first !== undefined) {
    named.delete("");
    named.set(first, [...(named.get(first) ?? []), ...nameless]);
  }
  const stored = about.stores.logins.filter(
    ({ disabled, fence }) => disabled === "auth_permanent" || fence === "failed",
  );
  for (const { provider } of stored) if (!named.has(provider)) named.set(provider, []);
  return [...named].map(([provider, findings]) => {
    const inStore = stored.filter((login) => login.provider === provider);
    return burnedDiagnosis(provider, findings, inStore, about);
  });
}

// A provider's answer is often written without its name; the lines around it have that.
function onlyProvider({ findings }: Case): string | undefined {
  const around = [...findings.of("login-failed"), ...findings.of("fallback")].flatMap(
    ({ about }) => about.provider ?? [],
  );
  return new Set(around).size === 1 ? around[0] : undefined;
}

function burnedDiagnosis(
  provider: string,
  findings: readonly Finding[],
  stored: readonly Login[],
  about: Case,
): Diagnosis {
  const reasons = [...new Set(findings.flatMap((finding) => [...finding.reasons]))].slice(0, 3);
  const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  const isRenewed = stored.length === 0 && findings.length > 0 && wasRenewed(provider, findings, about);
  const isReused = reasons.some((reason) => /reused|already/.test(reason));
  const how = isReused ? " Two programs have used the same refresh token, which can be used once." : "";
  return {
    cause: "burned-token",
    ...(provider !== "" && { subject: provider }),
    title: `${provider === "" ? "The provider" : provider} does not take the stored login any more${why}.`,
    meaning: isRenewed ? "The login that is stored now is a newer one, and can be used." : `${NO_LOCK}${how}`,
    evidence: [...evidenceOf(findings), ...stored.map(loginEvidence)],
    next: isRenewed
      ? { text: "See whether it works:", command: "openclaw models status" }
      : { text: "Sign in again:", command: login(provider) },
    urgency: isRenewed ? "past" : "act",
  };
}

// A login that can be used now was about to expire when the provider refused to renew it: it is another one.
function wasRenewed(provider: string, findings: readonly Finding[], { stores }: Case): boolean {
  const logins = stores.logins.filter((one) => one.provider === provider);
  const refusedAt = Math.max(...findings.map(({ last }) => Date.parse(last.time ?? "")));
  return (
    Number.isFinite(refusedAt) &&
    logins.length > 0 &&
    logins.every(({ isUsable, writtenAt }) => isUsable && (writtenAt ?? 0) > refusedAt)
  );
}

function fenceDiagnoses(about: Case): Diagnosis[] {
  const lines = about.findings.of("refresh-timeout");
  return about.stores.logins
    .filter(({ fence }) => fence === "pending")
    .map((one) => {
      const mine = lines.filter(({ about: { provider } }) => provider === undefined || provider === one.provider);
      const ageMs = one.writtenAt === undefined ? undefined : Date.now() - one.writtenAt;
      const isOld = ageMs === undefined ? mine.some(({ count }) => count > 1) : ageMs > FENCE_MS;
      return {
        cause: "fence",
        subject: one.provider,
        title: isOld
          ? `OpenClaw was killed while it refreshed the login of ${one.provider}, and has left a fence in its place.`
          : `OpenClaw is refreshing the login of ${one.provider} right now.`,
        meaning: isOld
          ? `Each refresh waits two minutes for it, in vain. ${NO_LOCK}`
          : "In the place of the tokens is a fence, for two minutes at most.",
        evidence: [loginEvidence(one), ...evidenceOf(mine)],
        next: isOld
          ? { text: "Sign in again:", command: login(one.provider) }
          : { text: "Look again in three minutes:", command: "openclaw-locks doctor" },
        urgency: isOld ? "act" : "wait",
      } satisfies Diagnosis;
    });
}

/** Refreshes that took too long: a fence that nobody lifts, where that release has them; else a slow provider. */
function timeouts(about: Case): Diagnosis[] {
  const lines = about.findings.of("refresh-timeout");
  return lines.slice(0, 20).map((finding) => {
    const provider = finding.about.provider ?? "";
    const hasLooked = about.stores.stores.some(({ kind, unread }) => kind === "sqlite" && unread === undefined);
    const mayBeFence =
      isAtLeast(about.release, FENCES_SINCE) !== false &&
      !hasLooked &&
      about.stores.stores.every(({ kind }) => kind !== "json");
    const isFence = mayBeFence && (isAtLeast(about.release, FENCES_SINCE) === true || finding.count > 2);
    const whose = provider === "" ? "a login" : `the login of ${provider}`;
    const span = spanOf(finding);
    const times = finding.count > 1 ? `, ${finding.count} times${span ? ` in ${spokenDuration(span)}` : ""}` : "";
    if (isFence) {
      return {
        cause: "fence",
        ...(provider !== "" && { subject: provider }),
        title: `A refresh of ${whose} did not end within two minutes${times}: most likely a killed one has left a fence.`,
        meaning: `From ${FENCES_SINCE} on OpenClaw puts a fence in the place of the tokens, and nobody lifts that of a killed process. ${NO_LOCK}`,
        evidence: evidenceOf([finding]),
        next: { text: "If it is so again in three minutes, sign in again:", command: login(provider) },
        urgency: "act",
      } satisfies Diagnosis;
    }
    return {
      cause: "slow-provider",
      ...(provider !== "" && { subject: provider }),
      title: `The provider did not answer a refresh of ${whose} within two minutes${times}.`,
      meaning:
        "Somebody is slow. Neither is the login refused, nor is a lock stuck; while it lasts the refresh lock is held, and others may give up waiting.",
      evidence: evidenceOf([finding]),
      next: { text: "Try again; see what the login is like:", command: "openclaw models status" },
      urgency: "wait",
    } satisfies Diagnosis;
  });
}

const SIMPLE = {
  "not-saved": {
    title: "A refresh succeeded, and its tokens could not be stored.",
    meaning: `The old refresh token is used up by that. ${NO_LOCK} Look for room on the disk, and for permissions, first.`,
    text: "Then sign in again:",
    command: (provider: string) => login(provider),
  },
  "store-failed": {
    title: "The store of the logins could not be written.",
    meaning: "The line says why. No lock is to blame.",
    text: "Let OpenClaw look at its store:",
    command: () => "openclaw doctor",
  },
  "account-mismatch": {
    title: "Two stores have logins of different accounts for one profile.",
    meaning: "OpenClaw does not mix them, and is right. No lock is to blame.",
    text: "See which agent has which:",
    command: () => "openclaw models status",
  },
  "store-migration": {
    title: "The logins are in files that this release does not read any more.",
    meaning: "A lock beside those files guards nothing: the store is SQLite now.",
    text: "Let OpenClaw move them:",
    command: () => "openclaw doctor --fix",
  },
} as const;

function simple({ findings }: Case, cause: keyof typeof SIMPLE): Diagnosis[] {
  const lines = findings.of(cause);
  if (lines.length === 0) return [];
  const { title, meaning, text, command } = SIMPLE[cause];
  const provider = lines[0]!.about.provider ?? "";
  return [
    { cause, title, meaning, evidence: evidenceOf(lines), next: { text, command: command(provider) }, urgency: "act" },
  ];
}

function loginEvidence({ store, agent, profile, fence, disabled, writtenAt }: Login): Evidence {
  const what = fence === undefined ? `is disabled (${disabled})` : `has a ${fence === "failed" ? "failed " : ""}fence`;
  const since = writtenAt === undefined ? "" : `, written ${spokenDuration(Math.max(0, Date.now() - writtenAt))} ago`;
  return { where: store, text: `profile ${profile} of ${agent} ${what}${since}` };
}

function login(provider: string): string {
  return `openclaw models auth login${provider === "" ? "" : ` --provider ${shellWord(provider)}`}`;
}

function providerOf(profile: string | undefined): string | undefined {
  return profile?.includes(":") ? profile.split(":")[0] : undefined;
}
