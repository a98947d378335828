import type { OkReply, Reply } from "../case.js";
import type { Held } from "../operations.js";
import type { RunningDriver } from "./driver.js";

export class Lock implements Held {
  readonly lockPath: string;
  readonly token: string;
  readonly waitedMs: number;
  readonly waits: number;
  readonly witness: string | null;

  constructor(
    readonly driver: RunningDriver,
    readonly handle: string,
    readonly target: string,
    reply: OkReply,
  ) {
    this.lockPath = reply["lockPath"] as string;
    this.token = reply["token"] as string;
    this.waitedMs = reply["waitedMs"] as number;
    this.waits = reply["waits"] as number;
    this.witness = (reply["witness"] as string | null | undefined) ?? null;
  }

  async release(): Promise<void> {
    this.driver.accepted("release", await this.tryRelease());
  }

  tryRelease(): Promise<Reply> {
    return this.driver.call("release", { handle: this.handle });
  }

  async verify(): Promise<boolean> {
    return (await this.driver.ask("verify", { handle: this.handle }))["held"] as boolean;
  }

  async awaitLost(timeoutMs: number): Promise<{ lost: boolean; signals: number }> {
    const fields = { handle: this.handle, timeoutMs };
    const reply = await this.driver.ask("await-lost", fields, { timeoutMs: timeoutMs + 10_000 });
    return { lost: reply["lost"] as boolean, signals: reply["signals"] as number };
  }
}
