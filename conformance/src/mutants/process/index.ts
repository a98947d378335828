import type { MutantDefinition } from "../../engine/case.js";
import { children } from "./children.js";
import { signals } from "./signals.js";

export const processMutants: readonly MutantDefinition[] = [...signals, ...children];
