import { inspectFileLock } from "../src/index.js";
import { observe } from "../src/observe.js";
import { classify, DOMAIN_KEYS } from "../src/payload.js";
import { type Evidence, judge } from "../src/verdict.js";
import { fakeSystem, observedOf, type VectorLock, type VectorSystem } from "./fake-system.js";
import { type Request, readTime, text } from "./protocol.js";

type Reply = Record<string, unknown>;

const staleMsOf = (request: Request) => Number(request.staleMs ?? 30_000);

export function judgeEvidence(request: Request): Reply {
  const given = Object.entries(request.evidence as Record<string, unknown>);
  const evidence = Object.fromEntries(given.map(([key, value]) => [key, readTime(value)]));
  return { ...judge(evidence as unknown as Evidence, { staleMs: staleMsOf(request) }) };
}

export function observeVector(request: Request): Reply {
  const system = fakeSystem(request.system as VectorSystem);
  const { owner: _owner, ...evidence } = observe(observedOf(request.lock as VectorLock), system);
  const judgement = judge(evidence, { staleMs: staleMsOf(request) });
  // Only a regular file has content; the protocol leaves out what there is not.
  const { content, ...rest } = evidence;
  return { evidence: content === null ? rest : { ...rest, content }, ...judgement };
}

export function classifyBytes(request: Request): Reply {
  const { content, owner } = classify(Buffer.from(text(request, "bytes"), "base64"));
  if (!owner) return { content };
  const strings: Record<string, string> = {};
  for (const key of DOMAIN_KEYS) if (owner[key] !== undefined) strings[key] = owner[key];
  return { content, pid: owner.pid, starttime: owner.starttime, createdAt: owner.createdAt, strings };
}

export function inspect(request: Request): Reply {
  return { state: inspectFileLock(text(request, "target")) };
}
