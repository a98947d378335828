package sidecar

import "syscall"

const processQueryLimitedInformation = 0x1000

// startTimeOf is in epoch milliseconds, rounded down from the 100 ns of GetProcessTimes, as OpenClaw does.
func startTimeOf(pid int64) (int64, error) {
	process, err := syscall.OpenProcess(processQueryLimitedInformation, false, uint32(pid))
	if err != nil {
		return 0, err
	}
	defer syscall.CloseHandle(process)
	var created, exited, kernel, user syscall.Filetime
	if err := syscall.GetProcessTimes(process, &created, &exited, &kernel, &user); err != nil {
		return 0, err
	}
	return created.Nanoseconds() / 1e6, nil
}
