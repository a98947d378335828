import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The oldest Node that OpenClaw's lock code states it runs on. */
const OLDEST_MAJOR = 22;

const require = createRequire(import.meta.url);

/**
 * A Node that OpenClaw itself would run on: the one from this workspace's optional dependencies, or the one that runs
 * the suite when it is new enough. Undefined when there is neither, so that a peer could not run and is not blamed.
 */
export function locateNode(platform = process.platform, arch = process.arch): string | undefined {
  const packaged = packagedNode(`node-24-${platform}-${arch}`);
  if (packaged !== undefined) return packaged;
  const own = Number.parseInt(process.versions.node, 10);
  return own >= OLDEST_MAJOR ? process.execPath : undefined;
}

function packagedNode(name: string): string | undefined {
  try {
    const node = join(dirname(require.resolve(`${name}/package.json`)), "bin", "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
