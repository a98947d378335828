package sidecar

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// startTimeOf is in epoch seconds, from the very command that OpenClaw asks: a start time in another unit, or rounded
// another way, would get a live lock stolen (PAYLOAD-2).
func startTimeOf(pid int64) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	ps := exec.CommandContext(ctx, "/bin/ps", "-o", "lstart=", "-p", strconv.FormatInt(pid, 10))
	ps.Env = []string{"TZ=UTC", "LC_ALL=C"}
	out, err := ps.Output()
	if err != nil {
		return 0, err
	}
	started, err := time.Parse("Mon Jan _2 15:04:05 2006", strings.TrimSpace(string(out)))
	return started.Unix(), err
}
