import type { MutantDefinition } from "../../engine/case.js";

const SIGNALS = "src/signals.ts";

const ASKED = ["asked-TERM", "asked-INT", "asked-HUP", "asked-twice", "asked-for-one", "asked-again", "successor"];

export const signals: readonly MutantDefinition[] = [
  {
    name: "exits-as-if-all-were-well",
    history: "handlers that clean up and call exit: whoever started the program takes a kill for success",
    case: "signal-exit",
    check: "asked-TERM-ended",
    also: ASKED.map((name) => `${name}-ended`),
    patches: [
      {
        file: SIGNALS,
        find: "if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);",
        replace: "if (process.listenerCount(signal) === 0) process.exit(0);",
      },
    ],
  },
  {
    name: "releases-in-a-flight",
    history: "a login lost to a deploy: the provider had rotated, and TERM ended the process before it had saved",
    case: "signal-in-a-flight",
    check: "before-TERM-lives-on",
    also: ["newest-stored", "family-alive", "nothing-stays"],
    patches: [
      {
        file: SIGNALS,
        find: "if (state.flights === 0) takeEffect(signal, []);",
        replace: "if (state.flights >= 0) takeEffect(signal, []);",
      },
    ],
  },
];
