import { hashOf, onceFor } from "./marker.mjs";
import { capture, run } from "./process.mjs";
import { fromRoot } from "./root.mjs";

const STATICCHECK = "honnef.co/go/tools/cmd/staticcheck@v0.7.0";

/** Installs staticcheck into `go/bin`, once for each Go version, and answers the exit status. */
export function installStaticcheck() {
  const hash = hashOf({ texts: [STATICCHECK, capture("go", ["env", "GOVERSION"]).stdout] });
  // It may ask for a newer Go than the helpers do; then Go fetches that one for this tool alone.
  const env = { GOBIN: fromRoot("go/bin"), GOFLAGS: "", GOTOOLCHAIN: "auto" };
  return onceFor(fromRoot("go/bin/.staticcheck"), hash, () => run("go", ["install", STATICCHECK], { env }));
}

/** `gofmt -l` lists and exits 0, so a listing is what fails. */
export function checkGofmt(folder, capturing = capture) {
  const { status, stdout, stderr } = capturing("gofmt", ["-l", "."], { cwd: folder });
  process.stderr.write(stderr);
  if (stdout.trim() !== "") console.error(`gofmt: not formatted:\n${stdout.trimEnd()}`);
  return status === 0 && stdout.trim() === "" ? 0 : 1;
}
