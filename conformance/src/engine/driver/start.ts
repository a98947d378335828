import type { ImplementationRef, SpawnOptions } from "../case.js";
import { Channel, DRIVER_PROTOCOL } from "./channel.js";
import { type Hello, RunningDriver, type Session } from "./driver.js";
import type { Observer } from "./observer.js";
import { findProcess } from "./process-table.js";
import { tracking } from "./tracking.js";

const START_MS = 15_000;

/** Starts a process and exchanges hellos. Whatever goes wrong here prevents the case from running. */
export async function startDriver(
  name: string,
  implementation: ImplementationRef,
  options: SpawnOptions,
  session: Session,
  observer: Observer,
): Promise<RunningDriver> {
  let driver: RunningDriver;
  const channel = new Channel(name, implementation, options, observer, (point) => driver.pointReached(point));
  driver = new RunningDriver(implementation, channel);
  attach(driver, session, observer);

  const failure = await channel.child.started;
  const program = [...(options.wrapper ?? []), ...implementation.command].join(" ");
  if (failure !== undefined) throw channel.fail("start", `could not be started (${program}): ${failure}`);
  observer.log("spawn", { driver: name, pid: channel.child.pid, ...options });

  driver.hello = await greet(driver, session.scale);
  const { pid } = driver.hello;
  const found = findProcess(channel.child.pid ?? 0, pid);
  if (found === undefined && process.platform === "linux") {
    throw channel.fail(
      "hello",
      `says that it is process ${pid}, which is neither it nor a process that it has started`,
    );
  }
  // Never the number that it claims: a lie would have somebody else killed.
  driver.osPid = found ?? channel.child.pid ?? 0;
  channel.greeted = true;
  return driver;
}

/** Lets a driver work for a case. */
export function attach(driver: RunningDriver, session: Session, observer: Observer): void {
  driver.session = session;
  driver.channel.observer = tracking(driver, observer);
}

async function greet(driver: RunningDriver, scale: number): Promise<Hello> {
  const { channel } = driver;
  const { reply } = channel.request("hello", { protocol: DRIVER_PROTOCOL }, START_MS * scale);
  const hello = await reply;
  if (hello === undefined) throw channel.broken ?? channel.fail("start", "ended before it said hello");
  if (hello.status !== "ok") throw channel.fail("hello", `refused hello: ${hello.code}`);
  return hello as unknown as Hello;
}
