import type { CaseDefinition, ImplementationRef } from "../case.js";
import { lacking } from "../environment.js";
import type { Probed } from "../implementations.js";

export interface Column {
  readonly name: string;
  readonly kind: "own" | "mix" | "pair";
  readonly team: readonly Probed[];
}

export interface Cell {
  readonly definition: CaseDefinition;
  readonly column: Column;
  readonly others: readonly ImplementationRef[];
  /** Decided without running it. */
  readonly settled?: {
    readonly outcome: "not-applicable" | "could-not-run";
    readonly reason: string;
    readonly environment: boolean;
  };
}

export const MIX = "mix";

/** Every column there could be: each implementation alone, all that mix together, each pair of those that are not peers. */
export function possibleColumns(implementations: readonly Probed[]): Column[] {
  const able = implementations.filter(({ unavailable, mixes }) => unavailable === undefined && mixes);
  const columns: Column[] = implementations.map((one) => ({ name: one.name, kind: "own", team: [one] }));
  if (able.length > 1) columns.push({ name: MIX, kind: "mix", team: able });
  const helpers = able.filter(({ kind }) => kind !== "peer");
  for (const [index, first] of helpers.entries()) {
    for (const second of helpers.slice(index + 1)) {
      columns.push({ name: `${first.name}+${second.name}`, kind: "pair", team: [first, second] });
    }
  }
  return columns;
}

/** The cells of one column, with what can be said of each beforehand. A case that is not for this kind of column has none. */
export function planCells(
  column: Column,
  cases: readonly CaseDefinition[],
  peers: readonly Probed[],
  peersRequired: boolean,
): Cell[] {
  const kind = column.kind === "own" ? "own" : "mix";
  return cases
    .filter(({ columns = ["own"] }) => columns.includes(kind))
    .map((definition): Cell => {
      const [implementation, ...rest] = column.team;
      // In the mix they take part anyway.
      const wantsPeers = column.kind !== "mix" && definition.peers === true && implementation!.kind !== "peer";
      const present = wantsPeers ? peers.filter(({ unavailable }) => unavailable === undefined) : [];
      const isAble = (one: Probed): boolean =>
        missingCapability(definition, one) === undefined || (definition.peers === true && one.kind === "peer");
      const able = rest.filter(isAble);
      const others = [...able, ...present];
      const cell = { definition, column, others };
      const settle = (outcome: "not-applicable" | "could-not-run", reason: string, environment = false): Cell => ({
        ...cell,
        settled: { outcome, reason, environment },
      });

      if (implementation!.unavailable !== undefined) return settle("could-not-run", implementation!.unavailable);
      const capability = missingCapability(definition, implementation!);
      if (capability !== undefined)
        return settle("not-applicable", `${implementation!.name} does not declare ${capability}`);
      if (definition.peers === true && implementation!.kind === "peer")
        return settle("not-applicable", `${implementation!.name} would meet itself`);
      const reason = definition.inapplicable?.(implementation!);
      if (reason !== undefined) return settle("not-applicable", reason);
      const lack = lacking(definition.environment);
      if (lack !== undefined) return settle("not-applicable", lack, true);
      const absent = wantsPeers ? peers.find(({ unavailable }) => unavailable !== undefined) : undefined;
      if (absent !== undefined && (peersRequired || others.length === 0)) {
        const why = `${absent.name}: ${absent.unavailable}`;
        return peersRequired ? settle("could-not-run", why) : settle("not-applicable", why, true);
      }
      if (kind === "mix" && others.length === 0) return settle("not-applicable", "nobody else can take part");
      return cell;
    });
}

function missingCapability(definition: CaseDefinition, { capabilities }: ImplementationRef): string | undefined {
  return definition.needs.find((needed) => !capabilities.has(needed));
}
