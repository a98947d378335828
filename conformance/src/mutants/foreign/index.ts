import type { MutantDefinition } from "../../engine/case.js";
import { meeting } from "./meeting.js";
import { naming } from "./naming.js";
import { removing } from "./removing.js";

export const foreignMutants: readonly MutantDefinition[] = [...naming, ...meeting, ...removing];
