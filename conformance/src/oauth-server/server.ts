import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Plan, TokenRequest } from "./plan.js";
import { type AuthorizationServer, authorizationServer, CLIENT_ID, type Lifetimes, type Login } from "./provider.js";
import { type Entries, isAlive } from "./storage.js";
import { Tokens } from "./tokens.js";

/**
 * A real authorization server on loopback, whose token requests can be held, lost, delayed and counted. The count of requests
 * by token is the referee, never the provider's answers: two requests that overlap could both find a token unspent.
 */
export class OAuthServer {
  /** Every token request so far, oldest first. */
  readonly requests: TokenRequest[] = [];
  /** All that it has issued. */
  readonly tokens = new Tokens();
  readonly clientId = CLIENT_ID;

  private readonly plans: Plan[] = [];
  private readonly events = new EventEmitter().setMaxListeners(0);
  private readonly held: (() => void)[] = [];
  private readonly carried = new WeakMap<Socket, number>();
  private turn: Promise<unknown> = Promise.resolve();
  private provider!: AuthorizationServer;
  /** For every request that has no plan of its own. */
  private standing: Plan = {};

  private constructor(
    private readonly http: Server,
    private readonly entries: Entries,
  ) {}

  static async start(lifetimes: Lifetimes = {}): Promise<OAuthServer> {
    const http = createServer();
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const entries: Entries = new Map();
    const server = new OAuthServer(http, entries);
    server.provider = await authorizationServer(server.issuer, entries, lifetimes);
    http.on("request", (request, response) => void server.receive(request, response));
    return server;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** The token endpoint. */
  get url(): string {
    return `${this.issuer}/token`;
  }

  async login(account = "alice"): Promise<Login> {
    const login = await this.provider.login(account);
    this.tokens.add(login.access, login.refresh);
    return login;
  }

  isAlive({ grantId }: Login): boolean {
    return isAlive(this.entries, grantId);
  }

  /** One plan for each of the next requests, in order of arrival. */
  next(...plans: Plan[]): void {
    this.plans.push(...plans);
  }

  /** For every request after those of `next`. */
  always(plan: Plan): void {
    this.standing = plan;
  }

  release(): void {
    for (const resolve of this.held.splice(0)) resolve();
  }

  posted(n: number): Promise<TokenRequest> {
    return this.until("posted", n, () => true);
  }

  /** Waits until the nth request waits for `release()`. */
  holding(n: number): Promise<TokenRequest> {
    return this.until("holding", n, ({ holding }) => holding);
  }

  settled(n: number): Promise<TokenRequest> {
    return this.until("settled", n, ({ outcome }) => outcome !== "pending");
  }

  /** How often each token was sent. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { token } of this.requests) counts.set(token, (counts.get(token) ?? 0) + 1);
    return counts;
  }

  async close(): Promise<void> {
    this.release();
    if (!this.http.listening) return;
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, "close");
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || request.url !== "/token") return this.provider.handle(request, response);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // Ended before it was whole: nothing was sent.
      return;
    }
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const earlier = this.carried.get(request.socket) ?? 0;
    this.carried.set(request.socket, earlier + 1);
    const entry: TokenRequest = {
      n: this.requests.length + 1,
      at: Date.now(),
      token: fields["refresh_token"] ?? "",
      fields,
      earlierOnConnection: earlier,
      status: undefined,
      holding: false,
      outcome: "pending",
    };
    this.requests.push(entry);
    response.on("close", () => {
      if (entry.outcome === "pending") this.settle(entry, response.writableFinished ? "answered" : "client-gone");
    });
    this.events.emit("posted");
    await this.carryOut(this.plans.shift() ?? this.standing, entry, request, response);
  }

  private async carryOut(plan: Plan, entry: TokenRequest, request: IncomingMessage, response: ServerResponse) {
    const drop = (outcome: TokenRequest["outcome"]): void => {
      this.settle(entry, outcome);
      request.socket.destroy();
    };
    if (plan.before === "hold") await this.hold(entry);
    // It gave up before anybody has seen its request.
    if (entry.outcome !== "pending") return;
    if (plan.before === "drop") return drop("dropped-before");
    if (plan.answer !== undefined) {
      const { status, body = {}, headers = {} } = plan.answer;
      entry.status = status;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
      return;
    }
    // It reads this instead of the stream, which has been read.
    (request as IncomingMessage & { body?: unknown }).body = { ...entry.fields };
    const end = response.end.bind(response) as (body: string) => void;
    const late = async (body: string): Promise<void> => {
      entry.status = response.statusCode;
      const answer = response.statusCode === 200 ? { ...JSON.parse(body), ...plan.changed } : JSON.parse(body);
      if (response.statusCode === 200) this.tokens.answered(entry.token, answer);
      if (plan.after === "hold") await this.hold(entry);
      if (plan.delayMs !== undefined) await sleep(plan.delayMs);
      if (plan.after === "drop") return drop("dropped-after");
      const text = JSON.stringify(answer);
      response.setHeader("content-length", Buffer.byteLength(text));
      end(text);
    };
    response.end = ((body?: unknown) => {
      // Without a body there is nobody left to answer.
      if (body === undefined) end("");
      else void late(String(body));
      return response;
    }) as typeof response.end;
    // One at a time: finding a token and spending it are two steps in the provider.
    this.turn = this.turn.then(() => this.provider.handle(request, response)).catch(() => {});
  }

  private settle(entry: TokenRequest, outcome: TokenRequest["outcome"]): void {
    entry.outcome = outcome;
    this.events.emit("settled");
  }

  private hold(entry: TokenRequest): Promise<void> {
    entry.holding = true;
    return new Promise((resolve) => {
      this.held.push(resolve);
      this.events.emit("holding");
    });
  }

  private async until(event: string, n: number, test: (entry: TokenRequest) => boolean): Promise<TokenRequest> {
    for (;;) {
      const entry = this.requests[n - 1];
      if (entry !== undefined && test(entry)) return entry;
      await once(this.events, event);
    }
  }
}
