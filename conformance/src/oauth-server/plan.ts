/** What becomes of one token request; empty: the provider answers it. */
export interface Plan {
  /** `hold`: until `release()`, nothing consumed yet. `drop`: the connection ends, and the provider never sees it. */
  readonly before?: "hold" | "drop";
  /** The provider has rotated. `hold`: the answer waits for `release()`. `drop`: the connection ends instead of it. */
  readonly after?: "hold" | "drop";
  /** The provider has rotated; the answer comes so much later. */
  readonly delayMs?: number;
  /** Answered so, without the provider. */
  readonly answer?: {
    readonly status: number;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Written over the provider's own answer, once it has rotated. */
  readonly changed?: Readonly<Record<string, unknown>>;
}

/** One token request that has arrived. */
export interface TokenRequest {
  /** 1 is the first. */
  readonly n: number;
  readonly at: number;
  /** The refresh token that was sent. */
  readonly token: string;
  readonly fields: Readonly<Record<string, string>>;
  /** How many requests its connection had carried before. */
  readonly earlierOnConnection: number;
  status: number | undefined;
  holding: boolean;
  outcome: "pending" | "answered" | "client-gone" | "dropped-before" | "dropped-after";
}

export const isConsumed = ({ outcome, status }: TokenRequest): boolean =>
  outcome !== "dropped-before" && status === 200;
