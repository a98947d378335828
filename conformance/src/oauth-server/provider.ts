import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Entries, Storage } from "./storage.js";

export const CLIENT_ID = "script";
const SCOPE = "openid offline_access";

export interface Lifetimes {
  /** Seconds. Default 3600. */
  readonly accessTtl?: number;
  /** False: the same refresh token comes back. Default true. */
  readonly rotate?: boolean;
}

/** A login as a store has it. */
export interface Login {
  readonly access: string;
  readonly refresh: string;
  /** Epoch ms. */
  readonly expires: number;
  readonly grantId: string;
}

/** oidc-provider, as far as it is used: it has no types of its own. */
interface Library {
  Provider: new (issuer: string, configuration: object) => Provider;
}

interface Model {
  save(): Promise<string>;
}

interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  Client: { find(id: string): Promise<object> };
  Grant: new (fields: object) => Model & { addOIDCScope(scope: string): void };
  RefreshToken: new (fields: object) => Model;
  AccessToken: new (fields: object) => Model;
}

export interface AuthorizationServer {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  login(account: string): Promise<Login>;
}

/** A real authorization server: rotation for public clients, and reuse of a token revokes its family. */
export async function authorizationServer(
  issuer: string,
  entries: Entries,
  { accessTtl = 3600, rotate = true }: Lifetimes,
): Promise<AuthorizationServer> {
  const { Provider } = await load();
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const day = 86_400;
  const provider = new Provider(issuer, {
    adapter: (model: string) => new Storage(model, entries),
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: ["http://127.0.0.1/callback"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    cookies: { keys: ["loopback"] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true }, introspection: { enabled: false } },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    jwks: { keys: [{ ...key, kid: "k", use: "sig", alg: "ES256" }] },
    rotateRefreshToken: rotate,
    scopes: ["openid", "offline_access"],
    ttl: { AccessToken: accessTtl, RefreshToken: day, IdToken: 3600, Grant: day },
  });
  return {
    handle: provider.callback(),
    async login(accountId) {
      const client = await provider.Client.find(CLIENT_ID);
      const grant = new provider.Grant({ accountId, clientId: CLIENT_ID });
      grant.addOIDCScope(SCOPE);
      const grantId = await grant.save();
      const common = { accountId, client, grantId, gty: "authorization_code", scope: SCOPE };
      const authTime = Math.floor(Date.now() / 1000);
      const refresh = await new provider.RefreshToken({ ...common, authTime }).save();
      const access = await new provider.AccessToken(common).save();
      return { access, refresh, expires: Date.now() + accessTtl * 1000, grantId };
    },
  };
}

/** What it says of the runtime, and of a body that somebody else has read, is known and meant. */
const MEANT = /^oidc-provider WARNING: (Unsupported runtime|already parsed request body)/;

let library: Promise<Library> | undefined;

function load(): Promise<Library> {
  if (library !== undefined) return library;
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!MEANT.test(String(words[0]).replace(/\u001b\[[0-9;]*m/g, ""))) warn(...words);
  };
  // Only where a case needs it: loading takes as long as many a case.
  library = import(/* its types do not exist */ "oidc-provider" as string) as Promise<Library>;
  return library;
}
