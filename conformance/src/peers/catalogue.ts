import { fileURLToPath } from "node:url";
import { locateNode } from "./node.js";

/** OpenClaw's own lock code at one released version, under OpenClaw's stale rule. */
export interface PeerRelease {
  /** Name of its column in the matrix. */
  readonly name: string;
  readonly version: string;
  /** Which of the generations of `spec/openclaw.md` it belongs to. */
  readonly generation: "G2" | "G3";
  /** The OpenClaw releases that shipped this generation of the code. */
  readonly openclaw: string;
  /** Part of the default mix. What is promised differs by generation, so a case picks those that it can ask of. */
  readonly mixes: boolean;
}

export const PEER_RELEASES: readonly PeerRelease[] = [
  { name: "fs-safe-0.4.1", version: "0.4.1", generation: "G2", openclaw: "2026.7.1 - 2026.7.35", mixes: true },
  { name: "fs-safe-0.18.1", version: "0.18.1", generation: "G3", openclaw: "2026.9.6", mixes: true },
  { name: "fs-safe-0.21.0", version: "0.21.0", generation: "G3", openclaw: "the newest lock code", mixes: true },
];

/** The argument vector that starts a peer, or the reason why it cannot run here. */
export function peerCommand(release: PeerRelease): { readonly argv: readonly string[] } | { readonly missing: string } {
  const node = locateNode();
  if (node === undefined) return { missing: "no Node 22 or newer: run npm install with optional dependencies" };
  return { argv: [node, fileURLToPath(new URL("./fs-safe/main.js", import.meta.url)), release.version] };
}
