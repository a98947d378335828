import { hashOf, onceFor } from "./marker.mjs";
import { capture, run } from "./process.mjs";
import { fromRoot } from "./root.mjs";

const STATICCHECK = "honnef.co/go/tools/cmd/staticcheck@v0.7.0";

/** Installs staticcheck into `go/bin`, once for each Go version, and answers the exit status. */
export function installStaticcheck() {
  const version = capture("go", ["env", "GOVERSION"]).stdout;
  let status = 0;
  const marker = fromRoot("go/bin/.staticcheck");
  const install = () => {
    status = run("go", ["install", STATICCHECK], { env: { GOBIN: fromRoot("go/bin"), GOFLAGS: "-mod=mod" } });
    if (status !== 0) throw new Error("go install failed");
  };
  try {
    onceFor(marker, hashOf({ texts: [STATICCHECK, version] }), install);
  } catch (error) {
    console.error(`staticcheck: ${error.message}`);
    status = 1;
  }
  return status;
}

/** `gofmt -l` lists and exits 0, so a listing is what fails. */
export function checkGofmt(folder, capturing = capture) {
  const { status, stdout, stderr } = capturing("gofmt", ["-l", "."], { cwd: folder });
  process.stderr.write(stderr);
  if (stdout.trim() !== "") console.error(`gofmt: not formatted:\n${stdout.trimEnd()}`);
  return status === 0 && stdout.trim() === "" ? 0 : 1;
}
