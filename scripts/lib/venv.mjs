import { fromRoot } from "./root.mjs";

const bin = process.platform === "win32" ? "Scripts" : "bin";

/** A program of the virtual environment in `python/.venv`. */
export const venv = (program) => fromRoot(`python/.venv/${bin}/${program}`);
