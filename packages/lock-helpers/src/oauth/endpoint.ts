import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { TokenAnswer } from "./credential.js";
import { RefreshNotSent, RefreshRejected } from "./errors.js";
import type { RefreshFunction } from "./options.js";
import { isObject, own } from "./text.js";

export interface TokenEndpoint {
  /** `https:`, or `http:` for tests. */
  readonly url: string | URL;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** More fields of the form, such as `scope`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A refresh function for a token endpoint as of RFC 6749: one POST on a connection of its own, through no proxy, that follows
 * no redirect and is never tried again. It tells what can have been consumed: `invalid_grant` is a rejection; a connection
 * that was never made, the other errors of RFC 6749, a 429, and a 503 with `Retry-After` were not accepted.
 */
export function tokenEndpoint({ url, clientId, clientSecret, fields, headers }: TokenEndpoint): RefreshFunction {
  const to = new URL(url);
  return async ({ refreshToken, signal }) => {
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, ...fields });
    if (clientId !== undefined) form.set("client_id", clientId);
    if (clientSecret !== undefined) form.set("client_secret", clientSecret);
    const body = form.toString();
    const own = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const { response, text } = await post(to, { headers: { ...own, ...headers, ...length }, signal }, body);
    return answerOf(response, text);
  };
}

const NOT_ACCEPTED = new Set([
  "invalid_request",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
]);

function answerOf(response: IncomingMessage, text: string): TokenAnswer {
  const status = response.statusCode ?? 0;
  const body = parse(text);
  if (status >= 200 && status < 300 && isObject(body)) return body as TokenAnswer;
  if (status === 400 || status === 401) {
    const error = own(body, "error");
    if (error === "invalid_grant") throw new RefreshRejected(error);
    if (typeof error === "string" && NOT_ACCEPTED.has(error)) {
      throw new RefreshNotSent(`the token endpoint has answered ${status} ${error}`);
    }
  }
  const isTurnedAway = status === 429 || (status === 503 && response.headers["retry-after"] !== undefined);
  if (isTurnedAway) throw new RefreshNotSent(`the token endpoint has answered ${status}`);
  throw new Error(`the token endpoint has answered ${status}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MOST_BYTES = 1_048_576;

function post(url: URL, options: RequestOptions, body: string): Promise<{ response: IncomingMessage; text: string }> {
  const isSecure = url.protocol === "https:";
  const http = isSecure ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const fail = (error: Error) => reject(isConnected ? error : new RefreshNotSent(whyNot(error)));
    // A connection that was used before may have been closed by the other side, unseen.
    const request: ClientRequest = http.request(url, { ...options, method: "POST", agent: false });
    request.on("error", fail);
    request.on("socket", (socket) => {
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        isConnected = true;
      });
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length > MOST_BYTES) response.destroy(new Error("the answer is longer than 1 MiB"));
        else chunks.push(chunk);
      });
      response.on("end", () => resolve({ response, text: Buffer.concat(chunks).toString("utf8") }));
    });
    request.end(body);
  });
}

function whyNot(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return `no connection to the token endpoint was made (${typeof code === "string" ? code : error.name})`;
}
