import { createHash } from "node:crypto";
import type { CaseContext, CaseDefinition } from "../../engine/case.js";
import { lacking } from "../../engine/environment.js";
import { sweptAfterwards } from "../support/aftermath.js";
import { helpers, peers } from "../support/team.js";
import { takenAfterwards } from "./aftermath.js";
import { described, drawEvent, drawLife } from "./events.js";
import { Post } from "./post.js";
import { Seat } from "./seat.js";
import { Tally } from "./tally.js";

const HARM_ALONE = 60;
const HARM_MIXED = 200;
const HARM_FULL = 10_000;
const VARIABLE = "LOCK_CONFORMANCE_SOAK_EVENTS";

/** Per target: who asks, and who counts. */
const CALLERS = 2;
const LOOPERS = 2;
const TARGETS = 3;

/** Events that wait for each seat, so that one which takes long keeps none of the others idle. */
const BACKLOG = 3;

const SETTLE_MS = 3_000;

export const soakMixed: CaseDefinition = {
  id: "soak-mixed",
  title:
    "Everybody shares a few files under a hail of kills, stops and failing system calls, and nothing is lost or stuck",
  group: "faults",
  level: "MUST",
  rules: ["PUBLISH-2", "RECLAIM-2", "RECLAIM-6", "VERDICT-10", "RELEASE-4", "PUBLISH-8", "PUBLISH-9"],
  field: [10, 11, 16, 24, 25, 26, 34],
  profile: "reclaim",
  needs: ["basic", "reclaim", "guard", "points"],
  environment: ["linux"],
  columns: ["own", "mix"],
  how: "Processes of all languages, and OpenClaw's newest lock code beside them, take turns at three files. Chance, which --seed replays event by event, picks one after the other and what becomes of it: killed (-9) at any moment, at a point of the contract or in a system call; stopped at any moment or at a point and continued; system calls failing (by strace, where it is; else these are left out); ended and started anew. 200 kills and injected errors in the mix, 60 alone, 10000 with --full, or as many as LOCK_CONFORMANCE_SOAK_EVENTS says; stops and restarts come on top. At no time may two hold; no number may be counted twice or lost but for a kill in flight; nobody may be refused but by an error that was injected, and then in the contract's words; at the end a single try of each language gets each lock, and the next acquire sweeps what the dead have left once it is old.",
  timeoutMs: 5_400_000,
  async run(context) {
    const wanted = wantedHarm(context);
    const canTrace = lacking(["strace"]) === undefined;
    const tally = new Tally();
    const posts = Array.from({ length: TARGETS }, (_, index) => {
      return new Post(context, context.target(`shared/file-${index}.json`), context.counter(`soak-${index}`), tally);
    });
    const seats = takeSeats(context, posts);
    await Promise.all(seats.map((seat) => seat.fill(drawLife(context.random))));

    const sequence = await hail(context, seats, tally, wanted, canTrace);

    await Promise.all(seats.map((seat) => seat.clear()));
    context.note(`${tally}`);
    context.note(`${sequence}${canTrace ? "" : "; no strace: nothing was injected"}`);
    context.check("harm-done", tally.kills > 0 && (!canTrace || tally.errors > 0), `${tally}`);
    await takenAfterwards(context, posts);
    for (const { counter, cutShort } of posts) counter.judge({ kills: cutShort });
    context.referee.judge();
    await sweptAfterwards(context, posts[0]!.target);
  },
};

function wantedHarm(context: CaseContext): number {
  const said = Number(process.env[VARIABLE]);
  if (Number.isSafeInteger(said) && said > 0) return said;
  return context.full ? HARM_FULL : context.others.length > 0 ? HARM_MIXED : HARM_ALONE;
}

function takeSeats(context: CaseContext, posts: readonly Post[]): Seat[] {
  const ours = helpers(context);
  const newest = peers(context, "G3").slice(-1);
  return [
    ...posts.flatMap((post) => [
      ...Array.from({ length: CALLERS }, () => new Seat("caller", post, ours)),
      ...Array.from({ length: LOOPERS }, () => new Seat("looper", post, ours)),
    ]),
    ...newest.map((peer) => new Seat("peer", posts[0]!, [peer])),
  ];
}

/** Event after event, drawn in one order whatever the processes do meanwhile. Answers a digest of that order. */
async function hail(
  context: CaseContext,
  seats: readonly Seat[],
  tally: Tally,
  wanted: number,
  canTrace: boolean,
): Promise<string> {
  const digest = createHash("sha256");
  const certain = Math.floor(wanted / 4);
  const pending = new Set<Promise<void>>();
  let drawn = 0;
  try {
    for (; tally.harm < wanted; drawn += 1) {
      const index = context.random.integer(0, seats.length - 1);
      const seat = seats[index]!;
      const event = drawEvent(context.random, seat.kind, canTrace);
      if (drawn < certain) digest.update(`${index} ${described(event)}\n`);
      const happening = seat.happen(event).finally(() => pending.delete(happening));
      pending.add(happening);
      if (pending.size >= seats.length * BACKLOG) await Promise.race(pending);
    }
    await Promise.all(pending);
  } catch (error) {
    // Whoever is in the middle of something would be said to have failed when its process is put away; and who is wedged
    // beside the one that was heard first is still to be heard.
    tally.isOver = true;
    await context.sleep(SETTLE_MS);
    throw error;
  }
  return `${drawn} events, the digest of the first ${certain} is ${digest.digest("hex").slice(0, 16)}`;
}
