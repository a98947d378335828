import { afterEach, expect, test } from "vitest";
import { OAuthServer } from "../src/oauth-server/server.js";

const running: OAuthServer[] = [];

async function start(options = {}): Promise<OAuthServer> {
  const server = await OAuthServer.start(options);
  running.push(server);
  return server;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function refresh(server: OAuthServer, token: string, signal?: AbortSignal) {
  const form = { grant_type: "refresh_token", client_id: server.clientId, refresh_token: token };
  const response = await fetch(server.url, {
    method: "POST",
    body: new URLSearchParams(form),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

test("it rotates, and reuse of a token revokes the family", async () => {
  const server = await start();
  const login = await server.login();
  const first = await refresh(server, login.refresh);
  expect(first.status).toBe(200);
  expect(first.body["refresh_token"]).not.toBe(login.refresh);
  expect(server.isAlive(login)).toBe(true);
  expect(server.tokens.rankOf(first.body["access_token"]!)).toBe(1);
  const reuse = await refresh(server, login.refresh);
  expect([reuse.status, reuse.body["error"]]).toEqual([400, "invalid_grant"]);
  expect((await refresh(server, first.body["refresh_token"]!)).status).toBe(400);
  expect(server.isAlive(login)).toBe(false);
  expect(server.counts().get(login.refresh)).toBe(2);
});

test("an answer can be held after the rotation", async () => {
  const server = await start();
  const login = await server.login();
  server.next({ after: "hold" });
  const pending = refresh(server, login.refresh);
  expect((await server.holding(1)).outcome).toBe("pending");
  server.release();
  expect((await pending).status).toBe(200);
});

test("an answer can be lost, and a request", async () => {
  const server = await start();
  const login = await server.login();
  server.next({ before: "drop" }, { after: "drop" });
  await expect(refresh(server, login.refresh)).rejects.toThrow();
  expect((await server.settled(1)).outcome).toBe("dropped-before");
  await expect(refresh(server, login.refresh)).rejects.toThrow();
  expect((await server.settled(2)).outcome).toBe("dropped-after");
  expect((await refresh(server, login.refresh)).body["error"]).toBe("invalid_grant");
});

test("a client that goes away is noticed", async () => {
  const server = await start();
  const login = await server.login();
  server.next({ after: "hold" });
  const gone = new AbortController();
  const pending = refresh(server, login.refresh, gone.signal);
  await server.holding(1);
  gone.abort();
  await expect(pending).rejects.toThrow();
  expect((await server.settled(1)).outcome).toBe("client-gone");
});

test("an answer can be another than the provider's, or changed", async () => {
  const server = await start();
  const login = await server.login();
  server.next({ answer: { status: 503, headers: { "retry-after": "1" } } }, { changed: { account_id: "bob" } });
  expect((await refresh(server, login.refresh)).status).toBe(503);
  const answer = await refresh(server, login.refresh);
  expect(answer.body["account_id"]).toBe("bob");
});

test("without rotation the same refresh token comes back", async () => {
  const server = await start({ rotate: false });
  const login = await server.login();
  const { body } = await refresh(server, login.refresh);
  expect(body["refresh_token"] ?? login.refresh).toBe(login.refresh);
  expect((await refresh(server, login.refresh)).status).toBe(200);
});
