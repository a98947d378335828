package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAStoreIsReadUpdatedAndAdoptedFrom(t *testing.T) {
	s := newClient(t)
	path := filepath.Join(t.TempDir(), "store.json")
	s.expect(s.ask(`{"id":1,"verb":"store-read","path":%q}`, path), "code", "store_missing")
	s.expect(s.ask(`{"id":2,"verb":"store-update","path":%q,"edits":[{"at":["a","b"],"value":"x"}]}`, path), "changed", true)
	s.expect(s.ask(`{"id":3,"verb":"store-update","path":%q,"edits":[{"at":["a","b"],"value":"x"}]}`, path), "changed", false)
	s.expect(s.ask(`{"id":4,"verb":"store-read","path":%q}`, path), "size", 30.0)
	adopted := s.ask(`{"id":5,"verb":"adopt","target":%q,"handle":"h","store":%q,"at":["a","b"]}`, path, path)
	s.expect(adopted, "value", "x")
	s.expect(adopted, "looks", 1.0)
	held := s.ask(`{"id":6,"verb":"adopt","target":%q,"handle":"h","store":%q,"at":["a","b"],"unless":"x"}`, path, path)
	s.expect(held, "adopted", false)
	s.send(`{"id":7,"verb":"adopt","target":%q,"handle":"i","store":%q,"at":["a","b"],"unless":"x","options":{"timeoutMs":60000}}`, path, path)
	if err := os.WriteFile(path, []byte(`{"a":{"b":"y"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.expect(s.receive(), "value", "y")
	s.expect(s.ask(`{"id":8,"verb":"release","handle":"h"}`), "status", "ok")
	refused := s.ask(`{"id":9,"verb":"store-edit","bytes":"W10=","edits":[{"at":["a"],"remove":true}]}`)
	s.expect(refused, "code", "store_invalid")
	s.expect(refused["error"].(map[string]any), "kind", "not-an-object")
	s.expect(s.ask(`{"id":10,"verb":"store-edit","edits":[]}`), "bytes", "e30K")
	s.expect(s.ask(`{"id":11,"verb":"store-parse","bytes":"eyI="}`), "kind", "torn")
}
