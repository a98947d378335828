package sidecar

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/openclaw/lock-helpers/go/internal/text"
)

func TestErrorsAreToldApartByCodeAndKeepTheirCause(t *testing.T) {
	var err error = &Error{Code: ErrPermission, Err: &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}}
	if !errors.Is(err, ErrPermission) || errors.Is(err, ErrIO) {
		t.Error("told apart wrongly")
	}
	if !errors.Is(err, fs.ErrPermission) || !errors.Is(err, syscall.EACCES) {
		t.Error("the cause is hidden")
	}
	if ErrPermission.Error() != "file_lock_permission" {
		t.Error("the code has another name")
	}
}

func TestMessagesHoldNoUnescapedByteOfAFileOrName(t *testing.T) {
	evil := "a\x1b[31m\n\u202egnp.\u2066\xff\u0085\u200b\ue000"
	target := newTarget(t) + evil
	write0644(t, target+".lock", "garbage"+evil)
	age(t, target+".lock", time.Minute)
	failed := mustFail(t, ErrForeign, target, WithTimeout(0))
	for _, text := range []string{failed.Error(), failed.Hint} {
		for _, char := range text {
			if !unicode.IsPrint(char) || char == unicode.ReplacementChar {
				t.Errorf("%U in %q", char, text)
			}
		}
	}
	if failed.Target != target || !strings.Contains(failed.Error(), `a\u001b[31m\u000a\u202e`) {
		t.Errorf("got %v", failed)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	if got := text.Escape(strings.Repeat("ä", 2000), 64); len([]rune(got)) != 65 {
		t.Errorf("%d characters", len([]rune(got)))
	}
	if got := text.ShellWord("it's"); got != `'it'\''s'` {
		t.Errorf("%s", got)
	}
}

func TestAHoldersCommandIsEscaped(t *testing.T) {
	holder := &Holder{PID: 7, Command: "x\x1b]0;\x07", Verdict: Held, Age: 4200 * time.Millisecond}
	if got := describe(holder, ""); got != `held by pid 7 (x\u001b]0;\u0007) for 4.2 s` {
		t.Errorf("%s", got)
	}
}
