import { fromRoot } from "./root.mjs";

const bin = process.platform === "win32" ? "Scripts" : "bin";

/** A program of the virtual environment in a folder's `.venv`. */
export const venv = (program, folder = "python") => fromRoot(`${folder}/.venv/${bin}/${program}`);
