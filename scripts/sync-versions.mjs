import { copyVersion } from "./lib/versions.mjs";

console.log(`version ${copyVersion()} copied to python/pyproject.toml`);
