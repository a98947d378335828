import type { Reply } from "../case.js";
import type { DriverFault } from "./fault.js";

/** One request as it went over the wire. */
export interface Sent {
  readonly id: number;
  readonly verb: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Who is told what a driver says and suffers: the case that it currently works for. */
export interface Observer {
  /** Called just before a request is written. */
  sending(driver: string, request: Sent): void;
  /** Called when the reply has been read and found well-formed. */
  answered(driver: string, request: Sent, reply: Reply): void;
  reached(driver: string, point: string): void;
  /**
   * Called just before the case ends the process, or when it has ended by itself: then `at` is the last moment at which it
   * certainly lived. Called again for the same process, it adds nothing.
   */
  ending(driver: string, how: "kill" | "bye" | "exit" | "end-of-input", at: number): void;
  fault(fault: DriverFault): void;
  log(event: string, details?: Readonly<Record<string, unknown>>): void;
}
