package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
	"github.com/openclaw/lock-helpers/go/sidecar"
)

// request is every verb's; what a verb does not know it ignores.
type request struct {
	ID      *int64                     `json:"id"`
	Verb    string                     `json:"verb"`
	Target  string                     `json:"target"`
	Handle  string                     `json:"handle"`
	Options map[string]json.RawMessage `json:"options"`
	Request int64                      `json:"request"`
	Timeout json.RawMessage            `json:"timeoutMs"`
	Stale   json.RawMessage            `json:"staleMs"`
	Trust   bool                       `json:"trustPids"`
	Bytes   string                     `json:"bytes"`
	Ends    string                     `json:"ends"`
	Workers int                        `json:"workers"`
	Rounds  int                        `json:"rounds"`
	Counter string                     `json:"counter"`
	Log     string                     `json:"log"`
	Hold    float64                    `json:"holdMs"`
	Point   string                     `json:"point"`
	Action  string                     `json:"action"`
	Nth     int                        `json:"nth"`
	Path    string                     `json:"path"`
	Signals []string                   `json:"signals"`
	Undo    bool                       `json:"undo"`
	How     string                     `json:"how"`
	Mask    int                        `json:"mask"`

	Protocol int `json:"protocol"`

	Store  string          `json:"store"`
	At     []string        `json:"at"`
	Unless *string         `json:"unless"`
	Edits  json.RawMessage `json:"edits"`
	Mounts string          `json:"mountinfo"`

	First       json.RawMessage `json:"first"`
	Credential  json.RawMessage `json:"credential"`
	Stored      json.RawMessage `json:"stored"`
	Answer      json.RawMessage `json:"answer"`
	Now         float64         `json:"now"`
	RequestedAt float64         `json:"requestedAt"`
	URL         string          `json:"url"`
	ClientID    string          `json:"clientId"`
	Rejected    string          `json:"rejected"`
	Resend      string          `json:"resend"`
	CallTimeout json.RawMessage `json:"callTimeoutMs"`
	Locks       json.RawMessage `json:"locks"`
	Intents     string          `json:"intents"`

	Main      json.RawMessage   `json:"main"`
	Agent     json.RawMessage   `json:"agent"`
	Env       map[string]string `json:"env"`
	Home      string            `json:"home"`
	Cwd       string            `json:"cwd"`
	Exists    []string          `json:"exists"`
	Profile   string            `json:"profile"`
	StateDir  string            `json:"stateDir"`
	AgentID   string            `json:"agentId"`
	Provider  *string           `json:"provider"`
	ProfileID string            `json:"profileId"`
	Key       string            `json:"key"`
	Harmless  bool              `json:"providerDoesNotRotate"`

	raw    []byte
	ctx    context.Context
	cancel func()
}

// number reads a time in ms, also what JSON can write only as text.
func number(raw json.RawMessage) (float64, error) {
	var words string
	if json.Unmarshal(raw, &words) == nil {
		return strconv.ParseFloat(words, 64)
	}
	value, err := strconv.ParseFloat(string(raw), 64)
	if math.IsInf(value, 0) {
		err = nil // 1e400
	}
	return value, err
}

// duration is what becomes of a wrong number in Go, where a time cannot be NaN: its conversion gives the smallest
// integer (on amd64), and one too large the largest. The helper must refuse both, and no driver does it for it.
func duration(ms float64) time.Duration {
	ns := ms * float64(time.Millisecond)
	switch {
	case math.IsNaN(ns) || ns <= math.MinInt64:
		return math.MinInt64
	case ns >= math.MaxInt64:
		return math.MaxInt64
	}
	return time.Duration(ns)
}

func (r request) policy() (evidence.Policy, error) {
	staleMs, err := number(r.Stale)
	return evidence.Policy{StaleMs: staleMs, TrustPIDs: r.Trust}, err
}

func (r request) options() ([]sidecar.Option, error) {
	var options []sidecar.Option
	times := map[string]func(time.Duration) sidecar.Option{
		"timeoutMs":        sidecar.WithTimeout,
		"staleMs":          sidecar.WithStale,
		"foreignTimeoutMs": sidecar.WithForeignTimeout,
	}
	for name, raw := range r.Options {
		if option, known := times[name]; known {
			ms, err := number(raw)
			if err != nil {
				return nil, fmt.Errorf("option %s: %w", name, err)
			}
			options = append(options, option(duration(ms)))
		}
	}
	if raw, given := r.Options["purpose"]; given {
		var purpose string
		if err := json.Unmarshal(raw, &purpose); err != nil {
			return nil, fmt.Errorf("option purpose: %w", err)
		}
		options = append(options, sidecar.WithPurpose(purpose))
	}
	if raw, given := r.Options["witness"]; given {
		var witness sidecar.WitnessPolicy
		if err := json.Unmarshal(raw, &witness); err != nil {
			return nil, fmt.Errorf("option witness: %w", err)
		}
		options = append(options, sidecar.WithWitness(witness))
	}
	if raw, given := r.Options["trustPids"]; given {
		options = append(options, sidecar.WithTrustPIDs(string(raw) == "true"))
	}
	if string(r.Options["createParent"]) == "true" {
		options = append(options, sidecar.WithCreateParent())
	}
	if string(r.Options["removeForeign"]) == "true" {
		options = append(options, sidecar.WithRemoveForeign())
	}
	if string(r.Options["reclaim"]) == "false" {
		options = append(options, sidecar.WithoutReclaim())
	}
	return options, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
