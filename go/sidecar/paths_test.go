package sidecar

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWrongTargetsAreRefusedBeforeAnythingIsTouched(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, target := range []string{"", ".", "..", "a/", "a/.", "a/..", "/", "a\x00b", "new/dir/.."} {
		mustFail(t, ErrInvalidOption, target, WithCreateParent())
		if _, err := Inspect(target); err == nil {
			t.Errorf("inspected %q", target)
		}
	}
	mustBeEmpty(t, dir)
}

func TestOneFileHasOneLockByWhateverPath(t *testing.T) {
	target := newTarget(t)
	dir := filepath.Dir(target)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	t.Chdir(dir)
	for _, path := range []string{target, "config.json", "./config.json", "none/../config.json", link + "/config.json"} {
		found, err := resolvePaths(path, false)
		if err != nil || found.lock != target+".lock" || found.target != target {
			t.Errorf("%s: %+v, %v", path, found, err)
		}
	}
}

func TestAWorkingDirectoryReachedThroughALinkIsTakenByItsOwnName(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "real", "inner"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("real", "inner"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	t.Chdir(filepath.Join(dir, "link")) // Sets $PWD, which os.Getwd would believe.
	found, err := resolvePaths("../x.json", false)
	if want := filepath.Join(dir, "real", "x.json"); err != nil || found.target != want {
		t.Errorf("%s, want %s, %v", found.target, want, err)
	}
}

func TestALinkedFileHasALockOfItsOwn(t *testing.T) {
	target := newTarget(t)
	link := filepath.Join(filepath.Dir(target), "link.json")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	found, err := resolvePaths(link, false)
	if err != nil || found.lock != link+".lock" {
		t.Errorf("%+v, %v", found, err)
	}
}
