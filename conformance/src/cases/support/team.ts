import type { CaseContext, Driver, ImplementationRef, SpawnOptions } from "../../engine/case.js";
import { inInitialNamespace, isRoot } from "./machine.js";

/** Everybody who keeps to the contract itself, OpenClaw's own code left out. */
export const helpers = (context: CaseContext): readonly ImplementationRef[] =>
  context.team.filter((member) => member.kind !== "peer");

/** OpenClaw's own code of these generations. */
export const peers = (context: CaseContext, ...generations: readonly string[]): readonly ImplementationRef[] =>
  context.others.filter(({ kind, generation = "" }) => kind === "peer" && generations.includes(generation));

/**
 * Those of the team whose death a contender here can prove. OpenClaw records no namespace: outside the initial one its
 * holder may live where nobody can look.
 */
export const provablyDead = (context: CaseContext): readonly ImplementationRef[] =>
  inInitialNamespace() ? context.team : helpers(context);

export function peer(context: CaseContext, name: string): ImplementationRef {
  const found = context.others.find((member) => member.name === name);
  context.require("peer-takes-part", found !== undefined, `${name} is not among the peers`);
  return found;
}

/** `count` processes, the members taking turns. */
export function crew(context: CaseContext, members: readonly ImplementationRef[], count: number): Promise<Driver[]> {
  const each = Array.from({ length: count }, (_, index) => members[index % members.length]!);
  return Promise.all(each.map((member) => context.spawn(member)));
}

/** A process that no earlier case has used: for armed points, working directories, masks. */
export const fresh = (context: CaseContext, options: SpawnOptions = {}): Promise<Driver> =>
  context.spawn(undefined, { env: {}, ...options });

/**
 * Root may write everywhere and signal everybody, which hides what permissions do. Its capabilities taken away, it is a
 * user like any other that can still read this installation.
 */
export const unprivileged = (): SpawnOptions =>
  isRoot() ? { wrapper: ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] } : { env: {} };
