import type { Reply } from "../case.js";
import type { RunningDriver } from "./driver.js";
import type { Observer, Sent } from "./observer.js";

/** After these a process is not what a later case would expect of it. */
const ALTERING: ReadonlySet<string> = new Set([
  "chdir",
  "umask",
  "arm",
  "body",
  "nested",
  "release-on-signals",
  "child",
]);

/** The reply says that a lock is held from now on. */
export const holds = ({ verb }: Sent, reply: Reply): boolean =>
  reply.status === "ok" && (verb === "acquire" || (verb === "adopt" && reply["adopted"] === false));

/** Keeps the driver's own books, whichever way a request was sent, and passes everything on. */
export function tracking(driver: RunningDriver, observer: Observer): Observer {
  return {
    sending: (name, request) => {
      if (ALTERING.has(request.verb)) driver.altered = true;
      observer.sending(name, request);
    },
    answered: (name, request, reply) => {
      const handle = String(request.fields["handle"]);
      const gone = reply.status === "ok" || reply.code === "file_lock_lost";
      if (holds(request, reply)) driver.handles.add(handle);
      if (request.verb === "release" && gone) driver.handles.delete(handle);
      observer.answered(name, request, reply);
    },
    reached: (name, point) => observer.reached(name, point),
    ending: (name, how, at) => observer.ending(name, how, at),
    fault: (fault) => observer.fault(fault),
    log: (event, details) => observer.log(event, details),
  };
}
