import type { Evidence, Inspection } from "@openclaw/lock-helpers/tools";
import { spokenDuration } from "../duration.js";
import { safe } from "../render/words.js";

/** One piece of evidence, in words, and the rule that says how it is gathered. */
export interface Step {
  readonly text: string;
  readonly rule: string;
}

type Words = Readonly<Record<string, string>>;

const CONTENT: Words = {
  empty: "It is empty.",
  oversized: "It is larger than what a reader looks at.",
  garbage: "Its content is no JSON object.",
};
const DOMAIN: Words = {
  same: "The lock was taken in this boot and this PID namespace: its process id means the same process to us.",
  different:
    "The lock was taken elsewhere: in another PID namespace or boot, or on another platform. Its process id means nothing here.",
  unknown:
    "The lock does not record where it was taken (OpenClaw's never do): its process id may be of another container.",
};
const PROCESS: Words = {
  gone: "no such process runs here",
  zombie: "it has ended, only its exit status is left",
  thread: "that number is a thread of another process",
  live: "a process of that number runs",
  unknown: "whether it runs cannot be seen",
};
const START: Words = {
  equal: "It started when the lock says: it is the very process.",
  differs: "It started at another time than the lock says: it is another process.",
  unrecorded: "When the holder started is not recorded, so the process may be another one.",
  unreadable: "When it started cannot be read here.",
};
const DESCRIPTOR: Words = {
  open: "The process has the lock file open, as a holder does.",
  absent: "The process does not have the lock file open; a holder does.",
  unreadable: "Whether it has the lock file open cannot be seen.",
};
const SEARCH: Words = {
  found: "A process of this machine fits, in whatever container it runs.",
  nobody: "All processes of this machine, in whatever container, were looked at: none fits.",
  unavailable: "The processes of other containers cannot be seen from here.",
};
const WITNESS: Words = {
  answers: "Its socket answers: the kernel closes that when the process dies.",
  inherited: "Its socket is only open because a child of the dead process has it.",
  refused: "Its socket refuses: nobody has it open.",
  unknown: "Its socket could not be asked.",
};
const KERNEL_LOCK: Words = {
  held: "A program has locked it with flock or fcntl.",
  none: "Nobody has locked it with flock or fcntl.",
  "none-here": "Nobody in this container has locked it with flock or fcntl.",
  unknown: "Whether it is locked with flock or fcntl cannot be seen.",
};
const ANY_DESCRIPTOR: Words = {
  open: "A process has it open.",
  none: "No process of this machine has it open.",
  "none-here": "No process of this container has it open.",
  unknown: "Whether a process has it open cannot be seen.",
};

/** The evidence of an inspection, in the order in which the table asks for it. */
export function stepsOf(inspection: Inspection): Step[] {
  const { evidence, object, size } = inspection;
  if (!evidence) return [];
  const bytes = object === "regular" && size !== undefined ? ` of ${size} bytes` : "";
  const age = spokenDuration(Math.max(0, evidence.quietMs));
  const first: Step = {
    text: `At the path is a ${object === "regular" ? "regular file" : object}${bytes}, last written to ${age} ago.`,
    rule: "VERDICT-3",
  };
  if (object !== "regular") return [first];
  const content = CONTENT[evidence.content ?? ""];
  if (content !== undefined) {
    const isEmpty = evidence.content === "empty";
    const used = isEmpty ? [says(KERNEL_LOCK, evidence.kernelLock), says(ANY_DESCRIPTOR, evidence.anyDescriptor)] : [];
    return [first, { text: content, rule: "PAYLOAD-6" }, ...used.map((text) => ({ text, rule: "VERDICT-9" }))];
  }
  return [first, ...(evidence.pid === null ? [ownerless(evidence)] : aboutProcess(inspection, evidence, evidence.pid))];
}

function ownerless({ createdAt, createdAtAgeMs }: Evidence): Step {
  const when: Words = {
    absent: "nor a time",
    unparsable: "and its time cannot be read",
    past: `and was made ${spokenDuration(Math.abs(createdAtAgeMs))} ago`,
    future: "and is dated in the future",
  };
  return { text: `It is JSON that names no process, ${when[createdAt]}.`, rule: "PAYLOAD-8" };
}

function aboutProcess({ payload }: Inspection, evidence: Evidence, pid: number): Step[] {
  const { domain, process, start, descriptor, search, witness, boot, mount, silentMs, heartbeatMs } = evidence;
  const helper = payload?.helper === undefined ? "" : `, written by ${safe(payload.helper, 64)}`;
  const steps: (Step | false)[] = [
    { text: `It is JSON that names process ${pid} as the holder${helper}.`, rule: "PAYLOAD-8" },
    { text: says(DOMAIN, domain), rule: "VERDICT-4" },
    { text: `Process ${pid}: ${says(PROCESS, process)}.`, rule: "VERDICT-5" },
    process === "live" && { text: says(START, start), rule: "VERDICT-6" },
    process === "live" && { text: says(DESCRIPTOR, descriptor), rule: "VERDICT-7" },
    domain !== "same" && { text: says(SEARCH, search), rule: "VERDICT-8" },
    payload?.witness !== undefined && { text: says(WITNESS, witness), rule: "WITNESS-7" },
    witness === "refused" && {
      text:
        mount === "equal"
          ? "We see the directory as its maker did, so that counts."
          : "We see the directory through another mount, so that may mean nothing.",
      rule: "WITNESS-8",
    },
    boot === "differs" && { text: "It was taken before a reboot, or on another machine.", rule: "VERDICT-4" },
    silentMs > 0 && {
      text: `It was watched for two seconds, and nobody has written to it for ${spokenDuration(silentMs)}${heartbeatMs === null ? "" : ` (its heart beats every ${spokenDuration(heartbeatMs)})`}.`,
      rule: "VERDICT-12",
    },
  ];
  return steps.filter((step) => step !== false);
}

function says(words: Words, value: string): string {
  return words[value] ?? value;
}
