import type { CaseDefinition } from "../../engine/case.js";
import { adoptMissesNoChange } from "./adopt-misses-no-change.js";
import { adoptThenAcquires } from "./adopt-then-acquires.js";
import { adoptWinsOverRefusal } from "./adopt-wins-over-refusal.js";
import { adoptedWhileLocked } from "./adopted-while-locked.js";
import { adoptsWithoutALock } from "./adopts-without-a-lock.js";

export const adoptCases: readonly CaseDefinition[] = [
  adoptsWithoutALock,
  adoptedWhileLocked,
  adoptMissesNoChange,
  adoptWinsOverRefusal,
  adoptThenAcquires,
];
