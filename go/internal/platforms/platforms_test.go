// Package platforms proves that the module compiles, tests and all, where these tests do not run.
package platforms

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// One of each operating system, and both processors. `npm run vet:platforms` goes through all.
var platforms = []string{"linux/arm64", "darwin/arm64", "windows/amd64", "freebsd/amd64"}

func TestTheModuleVetsOnEveryOperatingSystem(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the standard library for each")
	}
	for _, platform := range platforms {
		t.Run(platform, func(t *testing.T) {
			system, processor, _ := strings.Cut(platform, "/")
			vet := exec.Command("go", "vet", "./...")
			vet.Dir = "../.."
			vet.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0")
			if out, err := vet.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
