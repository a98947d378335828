import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseContext, Driver } from "../../engine/case.js";

// The machine's own clock is not the suite's to set: this adds to what programs that ask libc for it are told.
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static volatile int64_t *ahead;
__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("LOCK_SUITE_CLOCK");
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void *map = fd < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) ahead = map;
}
int clock_gettime(clockid_t clock, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(clock, at);
  if (status == 0 && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += *ahead;
  return status;
}
int gettimeofday(struct timeval *at, void *zone) {
  static int (*real)(struct timeval *, void *);
  if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
  int status = real(at, zone);
  if (status == 0 && at && ahead) at->tv_sec += *ahead;
  return status;
}
time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
`;

/** A wall clock that can be stepped, for the drivers that were started with it. */
export interface WallClock {
  /** Started with this clock. */
  spawn(): Promise<Driver>;
  /** From now on it is so many hours ahead of the machine's; also fewer than none. */
  step(hours: number): void;
}

export function wallClock(context: CaseContext): WallClock {
  const folder = join(dirname(context.dir), `${context.id}-clock`);
  mkdirSync(folder, { recursive: true });
  const [source, shim, offset] = ["clock.c", "clock.so", "offset"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(source, SHIM);
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"]);
  writeFileSync(offset, Buffer.alloc(8));
  const fd = openSync(offset, "r+");
  context.cleanup(() => closeSync(fd));
  return {
    spawn: () => context.spawn(undefined, { env: { LD_PRELOAD: shim, LOCK_SUITE_CLOCK: offset } }),
    step: (hours) => {
      const seconds = Buffer.alloc(8);
      seconds.writeBigInt64LE(BigInt(hours * 3600));
      writeSync(fd, seconds, 0, 8, 0);
    },
  };
}
