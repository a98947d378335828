package main

import (
	"errors"
	"os"
	"runtime"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

const name = "go"

type verb = func(*driver, request) (reply, error)

// atOnce are carried out in the order of the requests.
var atOnce = map[string]verb{
	"hello":  hello,
	"cancel": cancel,
	"arm":    arm,

	"release-on-signals": releaseOnSignals,

	"chdir": func(_ *driver, r request) (reply, error) { return nil, os.Chdir(r.Path) },
	"umask": func(_ *driver, r request) (reply, error) { return nil, setUmask(r.Mask) },
}

var verbs = map[string]verb{
	"acquire":    acquire,
	"release":    release,
	"verify":     verify,
	"await-lost": awaitLost,
	"inspect":    inspect,
	"judge":      judge,
	"observe":    observe,
	"classify":   classify,
	"body":       body,
	"nested":     nested,
	"threads":    threads,
	"loop":       loop,

	"child": child,

	"foreign":      foreign,
	"kernel-locks": kernelLocksIn,
	"abandoned":    abandoned,

	"adopt":         adopt,
	"store-parse":   storeParse,
	"store-edit":    storeEdit,
	"store-read":    storeRead,
	"store-update":  storeUpdate,
	"store-mounted": storeMounted,

	"generation": generation,
	"fresh":      fresh,
	"merge":      merge,
	"refresh":    refresh,
	"retry-save": retrySave,

	"state-paths":      statePaths,
	"credential":       credentialOf,
	"credential-owner": credentialOwner,
	"openclaw-refresh": openclawRefresh,
	"openclaw-wait":    openclawWait,
	"cache-put":        cachePut,
}

func hello(_ *driver, r request) (reply, error) {
	if r.Protocol < 1 {
		return nil, errors.New("hello without a protocol")
	}
	capabilities := []string{
		"basic", "cancel", "lost", "inspect", "judge", "observe", "classify", "body", "nested", "threads", "reclaim", "guard", "detail",
		"foreign", "adopt", "store", "refresh", "openclaw",
	}
	if runtime.GOOS != "windows" {
		capabilities = append(capabilities, "points", "process", "signals", "exec")
	}
	if runtime.GOOS == "linux" {
		capabilities = append(capabilities, "witness", "peer-credentials")
	}
	return reply{
		"protocol": 1, "name": name, "version": sidecar.Version, "language": "go", "platform": hook.Platform(),
		"pid": os.Getpid(), "capabilities": capabilities,
	}, nil
}
