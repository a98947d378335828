package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/jsontext"
	"github.com/openclaw/lock-helpers/go/sidecar"
	"github.com/openclaw/lock-helpers/go/store"
)

// adopt adopts the text at a place in a store, unless it is the one that the request names.
func adopt(d *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	if r.Handle == "" {
		return nil, errors.New("no handle")
	}
	looks, waits := 0, 0
	options = append(options, sidecar.WithWatch(r.Store), sidecar.WithOnWait(func(sidecar.WaitEvent) { waits++ }))
	got, err := sidecar.AcquireOrAdopt(r.ctx, r.Target, func() (string, bool, error) {
		looks++
		var text string
		now, err := store.Read(r.Store)
		if err != nil {
			return "", false, nil // Nothing to adopt, for now.
		}
		found, err := now.Get(&text, r.At...)
		return text, err == nil && found && (r.Unless == nil || text != *r.Unless), nil
	}, options...)
	if err != nil {
		return nil, err
	}
	if got.Adopted() {
		return reply{"adopted": true, "value": got.Value, "looks": looks}, nil
	}
	answer := d.keep(r.Handle, got.Lock, waits)
	answer["adopted"], answer["looks"] = false, looks
	return answer, nil
}

func storeParse(_ *driver, r request) (reply, error) {
	content, err := base64.StdEncoding.DecodeString(r.Bytes)
	if err != nil {
		return nil, err
	}
	var kind jsontext.Kind
	if _, err := jsontext.Parse(content); errors.As(err, &kind) {
		return reply{"kind": kind}, nil
	}
	return reply{"kind": nil}, nil
}

func storeEdit(_ *driver, r request) (reply, error) {
	var asked struct{ Bytes *string }
	if err := json.Unmarshal(r.raw, &asked); err != nil {
		return nil, err
	}
	edits, err := jsontext.ParseEdits(r.Edits)
	if err != nil {
		return nil, err
	}
	var content []byte
	if asked.Bytes != nil {
		if content, err = base64.StdEncoding.DecodeString(*asked.Bytes); err != nil {
			return nil, err
		}
		content = append([]byte{}, content...) // Empty is not nil, which is a new file.
	}
	content, err = jsontext.Apply(content, edits)
	var kind jsontext.Kind
	switch {
	case errors.As(err, &kind):
		return nil, &store.Error{Code: store.ErrInvalid, Kind: string(kind)}
	case err != nil:
		return nil, hook.InvalidOption(r.Path, err.Error())
	}
	return reply{"bytes": base64.StdEncoding.EncodeToString(content)}, nil
}

func storeRead(_ *driver, r request) (reply, error) {
	now, err := store.Read(r.Path)
	if err != nil {
		return nil, err
	}
	whole, _ := now.Raw()
	return reply{"size": now.Size(), "value": whole}, nil
}

func storeUpdate(_ *driver, r request) (reply, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	given, err := jsontext.ParseEdits(r.Edits)
	if err != nil {
		return nil, err
	}
	var edits []store.Edit
	for _, each := range given {
		if each.Remove {
			edits = append(edits, store.Remove(each.At...))
		} else {
			edits = append(edits, store.Set(each.Value, each.At...))
		}
	}
	changed, err := store.Update(context.Background(), r.Path, func(*store.Snapshot) ([]store.Edit, error) { return edits, nil }, options...)
	return reply{"changed": changed}, err
}

func storeMounted(_ *driver, r request) (reply, error) {
	return reply{"mountPoint": hook.MountPoint([]byte(r.Mounts), r.Path)}, nil
}
