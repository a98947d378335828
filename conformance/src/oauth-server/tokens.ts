import { createHash } from "node:crypto";

/** In a message a token is the first digits of its digest. */
export const digest = (token: string): string => createHash("sha256").update(token).digest("hex").slice(0, 8);

/** What a server has issued, in its order, and what came of what. */
export class Tokens {
  /** Every token, access and refresh alike. */
  readonly all = new Set<string>();
  private readonly generations: { readonly access: string; readonly refresh: string }[] = [];

  add(access: string, refresh: string): void {
    this.all.add(access);
    this.all.add(refresh);
    this.generations.push({ access, refresh });
  }

  /** The provider has answered: a new access token, and a new refresh token or the one that was sent. */
  answered(sent: string, answer: Readonly<Record<string, unknown>>): void {
    const { access_token: access, refresh_token: refresh = sent, id_token: identity } = answer;
    if (typeof access === "string" && typeof refresh === "string") this.add(access, refresh);
    if (typeof identity === "string") this.all.add(identity);
  }

  /** The number of a credential in order of issue; -1 where this server has not issued it. */
  rankOf(access: string): number {
    return this.generations.findIndex((one) => one.access === access);
  }

  /** The newest refresh token. */
  get newest(): { readonly access: string; readonly refresh: string } | undefined {
    return this.generations.at(-1);
  }
}
