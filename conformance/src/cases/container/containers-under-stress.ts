import { dirname } from "node:path";
import type { CaseContext, CaseDefinition, LockOptions } from "../../engine/case.js";
import { sweptAfterwards } from "../support/aftermath.js";
import { CONTAINER } from "../support/containers.js";
import { type Post, Room, Seat, watchProgress } from "../support/crowd.js";
import { gotIt } from "../support/expect.js";
import { sweepUntil } from "../support/first-aid.js";
import { fresh } from "../support/team.js";

const SHORT_MS = 20_000;
const LONG_MS = 600_000;
const FILES = 3;
const MOST_FROZEN_MS = 1_500;
/** Far longer than anybody stands still, and far shorter than a wedge. */
const STANDSTILL_MS = 12_000;

const PATIENT: LockOptions = { timeoutMs: 300_000, staleMs: 1_000 };
const ALWAYS: LockOptions = { ...PATIENT, witness: "always" };

export const containersUnderStress: CaseDefinition = {
  id: "containers-under-stress",
  title: "Containers and their host share a few files while processes are killed, stopped and restarted all the time",
  group: "container",
  level: "MUST",
  rules: ["WITNESS-1", "WITNESS-5", "WITNESS-8", "RECLAIM-2", "RECLAIM-6", "VERDICT-10", "PUBLISH-8", "WITNESS-9"],
  field: [10, 11, 16, 24, 25, 48, 49, 50, 53],
  profile: "container",
  needs: ["basic", "reclaim", "guard", "witness"],
  environment: ["linux", "root", "unshare"],
  columns: ["own", "mix"],
  how: "Processes in two containers, one that is a container's first process, and two on the host count in three files of one directory. For twenty seconds (ten minutes with --full) one after the other is killed (-9) and started anew, made to stand still for up to 1.5 s, or its whole container is restarted, while this repository's command line sweeps the directory. No number may be counted twice or lost but for a kill, none may stand still, and at the end a single try gets each lock, from a container and from the host; once it is old, the next acquire sweeps all that was left.",
  timeoutMs: 1_200_000,
  async run(context) {
    const posts = Array.from({ length: FILES }, (_, index): Post => {
      const target = context.target(`shared/file-${index}.json`);
      return { target, counter: context.counter(`stress-${index}`) };
    });
    const rooms = [new Room(context), new Room(context)];
    const seats = takeSeats(context, posts, rooms);
    await Promise.all([...rooms.map((room) => room.open()), ...seats.free.map((seat) => seat.fill())]);

    const progress = watchProgress(context, posts);
    const end = performance.now() + context.pick(SHORT_MS, LONG_MS);
    const isOver = (): boolean => performance.now() >= end;
    const sweeping = sweepUntil(context, dirname(posts[0]!.target), [{}, CONTAINER], isOver);
    const everyone = [...seats.free, ...rooms.flatMap((room) => room.seats)];
    while (!isOver()) {
      await context.sleep(context.random.integer(20, 200));
      const seat = context.random.pick(everyone);
      const dice = context.random.next();
      if (dice < 0.3) await seat.freeze(context.random.integer(20, MOST_FROZEN_MS));
      else if (dice < 0.93) await restart(seat);
      else await context.random.pick(rooms).restart();
    }
    await sweeping;
    const standstill = progress.longestStandstillMs();
    context.log("measured", { standstillMs: Math.round(standstill), kills: context.referee.kills });
    context.check("nobody-wedged", standstill < context.limit(STANDSTILL_MS), () => {
      return `a number stood still for ${Math.round(standstill)} ms`;
    });
    await Promise.all(everyone.map((seat) => seat.kill()));
    await takenAfterwards(context, posts);
    for (const { counter } of posts) counter.judge({ kills: context.referee.kills });
    await sweptAfterwards(context, posts[0]!.target);
  },
};

interface Seats {
  readonly free: readonly Seat[];
}

function takeSeats(context: CaseContext, posts: readonly Post[], rooms: readonly Room[]): Seats {
  let next = 0;
  const post = (): Post => posts[next++ % posts.length]!;
  for (const room of rooms) {
    for (let seat = 0; seat < 2; seat += 1) room.seats.push(new Seat(context, post(), () => room.place, PATIENT));
  }
  const alone = new Seat(context, post(), () => CONTAINER, PATIENT);
  const host = [0, 1].map(() => new Seat(context, post(), () => ({ env: {} }), ALWAYS));
  return { free: [alone, ...host] };
}

async function restart(seat: Seat): Promise<void> {
  await seat.kill();
  await seat.fill();
}

/** All are dead: nobody is in the way. */
async function takenAfterwards(context: CaseContext, posts: readonly Post[]): Promise<void> {
  const [inside, outside] = await Promise.all([fresh(context, CONTAINER), fresh(context)]);
  for (const [index, { target }] of posts.entries()) {
    const contender = index % 2 === 0 ? inside : outside;
    const attempt = await contender.tryAcquire(target, { timeoutMs: 0 });
    await gotIt(context, "taken-afterwards", attempt, "everybody has been killed").release();
  }
  await inside.bye();
  await outside.bye();
}
