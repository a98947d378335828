import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";

/** What happens to one request, in order of arrival. Nothing: it is answered. */
export interface ServerPlan {
  /** Wait for `release` before or after the token is consumed. */
  readonly hold?: "before" | "after";
  /** Cut the connection before or after the token is consumed. */
  readonly drop?: "before" | "after";
  /** Answer so, and consume nothing. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Instead of, or beside, what is answered. */
  readonly body?: unknown;
}

export interface Login {
  readonly access: string;
  readonly refresh: string;
}

/** A token endpoint that rotates refresh tokens, and revokes the whole family when one is used again. */
export interface OAuthServer {
  readonly url: string;
  /** The refresh token of every POST. */
  readonly posts: readonly string[];
  plans: ServerPlan[];
  login(): Login;
  /** Whether the newest refresh token of the login is still good. */
  isAlive(): boolean;
  release(): void;
  /** Resolves when the nth POST has arrived, and is held if that was planned. */
  posted(n: number): Promise<void>;
}

export function useOAuthServer(): OAuthServer {
  const events = new EventEmitter().setMaxListeners(0);
  const posts: string[] = [];
  let families = 0;
  let serial = 0;
  let held: (() => void)[] = [];
  const current = new Map<number, string>();
  const consumed = new Map<string, number>();
  const http = createServer((request, response) => void answer(request, response));

  const server = {
    url: "",
    posts,
    plans: [] as ServerPlan[],
    login() {
      const family = ++families;
      return { access: mint("access"), refresh: renew(family) };
    },
    isAlive: () => current.has(families),
    release: () => {
      for (const go of held.splice(0)) go();
    },
    posted: async (n: number) => {
      while (posts.length < n) await once(events, "posted");
    },
  };

  // Long enough to be known for a secret wherever it turns up.
  function mint(kind: string): string {
    return `${kind}-SECRET-${String(++serial).padStart(4, "0")}-abcdefghijklmnop`;
  }

  function renew(family: number): string {
    const token = mint("refresh");
    current.set(family, token);
    return token;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const plan = server.plans.shift() ?? {};
    const token = new URLSearchParams(Buffer.concat(chunks).toString()).get("refresh_token") ?? "";
    const gate = plan.hold && new Promise<void>((resolve) => held.push(resolve));
    posts.push(token);
    events.emit("posted");
    if (plan.hold === "before") await gate;
    if (plan.drop === "before") return void request.socket.destroy();
    const [status, body] = plan.status ? [plan.status, plan.body ?? {}] : consume(token, plan.body);
    if (plan.hold === "after") await gate;
    if (plan.drop === "after") return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...plan.headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }

  function consume(token: string, more: unknown): [number, unknown] {
    const family = [...current].find(([, refresh]) => refresh === token)?.[0];
    const spent = consumed.get(token);
    if (spent !== undefined) current.delete(spent);
    if (family === undefined) return [400, { error: "invalid_grant" }];
    consumed.set(token, family);
    const answer = {
      access_token: mint("access"),
      refresh_token: renew(family),
      expires_in: 3600,
      token_type: "bearer",
    };
    return [200, { ...answer, ...(more as object) }];
  }

  beforeAll(async () => {
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/token`;
  });
  beforeEach(() => {
    posts.length = 0;
    server.plans = [];
    held = [];
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });
  return server;
}
