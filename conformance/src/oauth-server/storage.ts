/** What oidc-provider keeps: here everything until the server ends, where its own storage forgets after 1000 entries. */
export type Entries = Map<string, Record<string, unknown>>;

/** The adapter that oidc-provider asks for, one for each of its models. */
export class Storage {
  constructor(
    private readonly model: string,
    private readonly entries: Entries,
  ) {}

  async upsert(id: string, payload: Record<string, unknown>): Promise<void> {
    this.entries.set(this.key(id), payload);
  }

  async find(id: string): Promise<Record<string, unknown> | undefined> {
    return this.entries.get(this.key(id));
  }

  async findByUid(uid: string): Promise<Record<string, unknown> | undefined> {
    return [...this.entries.values()].find((payload) => payload["uid"] === uid);
  }

  async findByUserCode(userCode: string): Promise<Record<string, unknown> | undefined> {
    return [...this.entries.values()].find((payload) => payload["userCode"] === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = this.entries.get(this.key(id));
    if (payload !== undefined) payload["consumed"] = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.entries.delete(this.key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.entries) if (payload["grantId"] === grantId) this.entries.delete(key);
  }

  private key(id: string): string {
    return `${this.model}:${id}`;
  }
}

/** Whether anything of a family is left that could be spent: a family that was revoked has nothing. */
export const isAlive = (entries: Entries, grantId: string): boolean =>
  [...entries].some(
    ([key, payload]) =>
      key.startsWith("RefreshToken:") && payload["grantId"] === grantId && payload["consumed"] === undefined,
  );
