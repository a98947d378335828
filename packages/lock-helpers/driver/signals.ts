import { type EndSignal, releaseOnSignals } from "../src/index.js";
import type { Request } from "./protocol.js";

const undos: (() => void)[] = [];

export function onSignals(request: Request): Record<string, unknown> {
  if (request.undo === true) {
    for (const undo of undos.splice(0)) undo();
    return {};
  }
  const names = request.signals as string[] | undefined;
  undos.push(releaseOnSignals(names ? { signals: names.map((name) => `SIG${name}` as EndSignal) } : {}));
  return {};
}
