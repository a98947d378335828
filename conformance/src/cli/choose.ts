import { splitCommand } from "../engine/command-line.js";
import { repositoryRoot } from "../engine/data.js";
import { type Known, knownHelpers, knownPeers, type Probed, probe } from "../engine/implementations.js";
import { type Column, possibleColumns } from "../engine/run/plan.js";
import type { RunFlags } from "./run-options.js";
import { UsageError } from "./usage-error.js";

export interface Choice {
  readonly columns: readonly Column[];
  readonly peers: readonly Probed[];
  /** The helper whose patched source the mutants are. */
  readonly reference: Probed | undefined;
}

/** Asks every implementation what it can do, and picks the columns: by default the tested ones alone, then all together. */
export async function choose(flags: Pick<RunFlags, "driver" | "impl" | "full" | "timeScale">): Promise<Choice> {
  const helpers = knownHelpers();
  const tested = flags.driver === undefined ? helpers : [driverOf(flags.driver)];
  if (flags.driver === undefined && helpers.every(({ missing }) => missing !== undefined)) {
    throw new UsageError(`no helper is built below ${repositoryRoot}: name your driver with --driver`);
  }
  const known = [...new Set([...tested, ...helpers, ...knownPeers()])];
  const probed = await Promise.all(known.map((one) => probe(one, flags.timeScale)));
  const possible = possibleColumns(probed);
  return {
    columns: flags.impl.length > 0 ? named(possible, flags.impl) : byDefault(possible, tested, flags.full),
    peers: probed.filter(({ kind }) => kind === "peer"),
    reference: probed.find(({ name, kind }) => name === "typescript" && kind === "helper"),
  };
}

function byDefault(possible: readonly Column[], tested: readonly Known[], full: boolean): Column[] {
  const names = new Set(tested.map(({ name }) => name));
  return possible.filter(({ kind, name, team }) => {
    if (kind === "own") return names.has(name);
    return kind === "mix" || (full && team.some((member) => names.has(member.name)));
  });
}

function named(possible: readonly Column[], wanted: readonly string[]): Column[] {
  const unknown = wanted.find((name) => !possible.some((column) => column.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no column ${unknown}; there are ${possible.map(({ name }) => name).join(", ")}`);
  }
  return possible.filter(({ name }) => wanted.includes(name));
}

function driverOf(text: string): Known {
  const command = splitCommand(text);
  if (command.length === 0) throw new UsageError("--driver names no command");
  return { name: "driver", kind: "driver", command, env: {}, mixes: true };
}
