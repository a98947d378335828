import { type ChildProcess, spawn } from "node:child_process";

// Ends the command if we die before it does (kill -9, out of memory): our lock is a dead owner's from then on, and the
// next contender takes it. The pipe says when: the kernel closes our end, however we die. The working directory in /proc
// says whether the number is still the same process: it leads nowhere once that one is gone.
const SCRIPT = `
trap '' HUP INT QUIT TERM TSTP USR1 USR2
read -r pid || exit 0
here=; cd "/proc/$pid" 2>/dev/null && here=1
read -r ended && exit 0
same() { if [ "$here" ]; then [ -e stat ]; else kill -0 "$pid" 2>/dev/null; fi; }
same || exit 0
kill -TERM "$pid"
waited=0
while same; do
  [ "$waited" -lt 50 ] || { kill -KILL "$pid"; exit 0; }
  sleep 0.1 2>/dev/null || { sleep 1; waited=$((waited + 9)); }
  waited=$((waited + 1))
done
`;

/** Watches over the command from a process of its own. Where there is no POSIX shell nobody does. */
export class Watchdog {
  readonly #shell: ChildProcess | undefined;

  constructor() {
    if (process.platform === "win32") return;
    // In our process group: what is sent to all of us together ends the command too, and leaves nothing to watch.
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "openclaw-locks-watchdog"], { stdio: ["pipe", "ignore", "ignore"] });
    this.#shell.on("error", () => {});
    this.#shell.stdin?.on("error", () => {});
    this.#shell.unref();
  }

  /** From now on the command ends when we do. */
  watch(pid: number): void {
    this.#shell?.stdin?.write(`${pid}\n`);
  }

  /** The command has ended, or never began. */
  dismiss(): void {
    this.#shell?.stdin?.end("ended\n");
  }
}
