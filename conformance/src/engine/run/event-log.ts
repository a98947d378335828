import { now } from "../clock.js";
import { excerpt } from "../driver/fault.js";

export interface LoggedEvent {
  /** Since the case began, in ms. */
  readonly at: number;
  readonly event: string;
  readonly details: string;
}

const KEPT = 400;

/** What happened in a case, newest last; the oldest is forgotten first. */
export class EventLog {
  private readonly events: LoggedEvent[] = [];
  private readonly start = now();

  /** `stable` takes out of a text what differs from run to run. */
  constructor(private readonly stable: (text: string) => string = (text) => text) {}

  add(event: string, details: Readonly<Record<string, unknown>> = {}): void {
    const text = Object.entries(details).map(([key, value]) => `${key}=${this.stable(show(value))}`);
    this.events.push({ at: now() - this.start, event, details: text.join(" ") });
    if (this.events.length > KEPT) this.events.shift();
  }

  tail(count = KEPT): LoggedEvent[] {
    return this.events.slice(-count);
  }
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return excerpt(text, 300);
}

export const formatEvent = ({ at, event, details }: LoggedEvent): string =>
  `${at.toFixed(1).padStart(9)} ms  ${event}${details === "" ? "" : `  ${details}`}`;
