import { inspectFileLock } from "../src/index.js";
import { observe } from "../src/observe.js";
import { classify, TEXT_KEYS } from "../src/payload.js";
import { type Evidence, judge, type Policy } from "../src/verdict.js";
import { fakeSystem, observedOf, type VectorLock, type VectorSystem } from "./fake-system.js";
import { writtenLocks } from "./foreigners.js";
import { type Request, readTime, text } from "./protocol.js";

type Reply = Record<string, unknown>;

export const policyOf = (request: Request): Policy => ({
  staleMs: Number(request.staleMs ?? 30_000),
  trustPids: request.trustPids === true,
});

export function judgeEvidence(request: Request): Reply {
  const given = Object.entries(request.evidence as Record<string, unknown>);
  const evidence = Object.fromEntries(given.map(([key, value]) => [key, readTime(value)]));
  return { ...judge(evidence as unknown as Evidence, policyOf(request)) };
}

export function observeVector(request: Request): Reply {
  const vector = request.system as VectorSystem;
  const observed = observedOf(request.lock as VectorLock, vector);
  const { owner: _owner, ...evidence } = observe(observed, fakeSystem(vector));
  const judgement = judge(evidence, policyOf(request));
  // Only a regular file has content; the protocol leaves out what there is not.
  const { content, ...rest } = evidence;
  return { evidence: content === null ? rest : { ...rest, content }, ...judgement };
}

export function classifyBytes(request: Request): Reply {
  const { content, owner } = classify(Buffer.from(text(request, "bytes"), "base64"));
  if (!owner) return { content };
  const strings: Record<string, string> = {};
  for (const key of TEXT_KEYS) if (owner[key] !== undefined) strings[key] = owner[key];
  const { pid, starttime, createdAt, heartbeatMs } = owner;
  return { content, pid, starttime, createdAt, strings, heartbeatMs };
}

export function inspect(request: Request): Reply {
  const { kernelLocks, ...state } = inspectFileLock(text(request, "target"));
  return { state: { ...state, kernelLocks: writtenLocks(kernelLocks) } };
}
