// Package vector reads the contract's test vectors (spec/vectors/README.md), for the tests and for the driver.
package vector

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

// Payload is one case of payload.json.
type Payload struct {
	Name   string         `json:"name"`
	Rule   string         `json:"rule"`
	Expect map[string]any `json:"expect"`
	Content
}

// Observation is one case of verdict.json.
type Observation struct {
	Name    string          `json:"name"`
	Rule    string          `json:"rule"`
	Lock    Lock            `json:"lock"`
	System  System          `json:"system"`
	StaleMs float64         `json:"staleMs"`
	Trust   bool            `json:"trustPids"`
	Expect  evidence.Answer `json:"expect"`
}

// Policy is the caller's.
func (o Observation) Policy() evidence.Policy {
	return evidence.Policy{StaleMs: o.StaleMs, TrustPIDs: o.Trust}
}

// Lock is what an observation finds at the path.
type Lock struct {
	Kind    evidence.Object `json:"kind"`
	QuietMs float64         `json:"quietMs"`
	// SilentMs is what VERDICT-12 has measured.
	SilentMs float64 `json:"silentMs"`
	Dev      string  `json:"dev"`
	Ino      string  `json:"ino"`
	// DirDev is the device of the lock's directory; that of the file, unless given.
	DirDev string `json:"directoryDev"`
	Content
}

// Content is one of the ways to write bytes.
type Content struct {
	Bytes  *string `json:"bytes"`
	Text   string  `json:"text"`
	Base64 *string `json:"base64"`
	Repeat *struct {
		Prefix, Unit, Middle, Closing, Suffix string
		Times                                 int
	} `json:"repeat"`
}

// Raw is the bytes.
func (c Content) Raw() ([]byte, error) {
	switch r := c.Repeat; {
	case c.Base64 != nil:
		return base64.StdEncoding.DecodeString(*c.Base64)
	case r != nil:
		return []byte(r.Prefix + strings.Repeat(r.Unit, r.Times) + r.Middle + strings.Repeat(r.Closing, r.Times) + r.Suffix), nil
	}
	if c.Bytes != nil {
		return []byte(*c.Bytes), nil
	}
	return []byte(c.Text), nil
}

// IsGiven says whether there are any bytes, if only none of length.
func (c Content) IsGiven() bool {
	return c.Bytes != nil || c.Base64 != nil || c.Repeat != nil || c.Text != ""
}

// File is the lock as a reader sees it, which reads no more than 65,536 bytes.
func (l Lock) File() (evidence.File, error) {
	file := evidence.File{Object: l.Kind, ID: fileID(l.Dev, l.Ino), DirDev: cmp.Or(l.DirDev, l.Dev)}
	raw, err := l.Raw()
	if file.Oversized = len(raw) > 65536; !file.Oversized && l.Kind == evidence.Regular {
		file.Bytes = raw
	}
	return file, err
}

func fileID(dev, ino string) evidence.FileID {
	device, _ := strconv.ParseUint(dev, 10, 64)
	inode, _ := strconv.ParseUint(ino, 10, 64)
	return evidence.FileID{Dev: device, Ino: inode}
}

// Load reads a file of cases.
func Load[T any](path string) ([]T, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var cases []T
	return cases, json.Unmarshal(raw, &cases)
}
