package sidecar

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/openclaw/lock-helpers/go/internal/evidence"
)

var errPayloadTooLarge = errors.New("the payload would be larger than 4096 bytes")

// serialise writes a payload as PAYLOAD-1 wants it: two spaces, keys in order, one newline.
func serialise(payload any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(payload); err != nil {
		return nil, err
	}
	if out.Len() > specMaxPayloadBytes {
		return nil, errPayloadTooLarge
	}
	return out.Bytes(), nil
}

var stringKeys = [...]string{"platform", "bootId", "pidNamespace", "timeNamespace", "dev"}

// classify reads the content of a lock (PAYLOAD-6). It never decodes into a struct: encoding/json would take "pID" for
// "pid", and would refuse a whole payload for one number out of range.
func classify(content []byte) evidence.Classified {
	switch {
	case len(content) == 0:
		return evidence.Classified{Content: evidence.Empty}
	case len(content) > specMaxReadBytes:
		return evidence.Classified{Content: evidence.Oversized}
	case nesting(content) > specMaxDepth:
		return evidence.Classified{Content: evidence.Garbage}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(content, &members); err != nil || members == nil {
		return evidence.Classified{Content: evidence.Garbage}
	}
	found := evidence.Classified{
		Content:     evidence.JSON,
		PID:         wholeNumber(members["pid"], 1, specMaxPid),
		Starttime:   wholeNumber(members["starttime"], 0, 1<<53-1),
		HeartbeatMs: wholeNumber(members["heartbeatMs"], 1, specMaxTimeoutMs),
		Strings:     map[string]string{},
	}
	found.CreatedAt, found.CreatedAtMs = moment(members["createdAt"])
	for _, key := range stringKeys {
		if value, ok := jsonString(members[key]); ok && value != "" {
			found.Strings[key] = value
		}
	}
	if value, ok := jsonString(members["witness"]); ok && witnessName.MatchString(value) {
		found.Strings["witness"] = value
	}
	return found
}

// nesting is the depth of the brackets outside of strings. In what is no JSON it may be anything: that is garbage
// anyway.
func nesting(content []byte) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(content); i++ {
		switch char := content[i]; {
		case inString && char == '\\':
			i++
		case char == '"':
			inString = !inString
		case inString:
		case char == '{' || char == '[':
			depth++
			deepest = max(deepest, depth)
		case char == '}' || char == ']':
			depth--
		}
	}
	return deepest
}

// wholeNumber is an integral IEEE-754 double between low and high, or nil (PAYLOAD-7): 1.0 and 1e3 are, 1e400 is not.
func wholeNumber(raw json.RawMessage, low, high float64) *int64 {
	if len(raw) == 0 || (raw[0] != '-' && (raw[0] < '0' || raw[0] > '9')) {
		return nil
	}
	value, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || value != math.Trunc(value) || value < low || value > high {
		return nil
	}
	whole := int64(value)
	return &whole
}

func jsonString(raw json.RawMessage) (value string, ok bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	err := json.Unmarshal(raw, &value)
	return value, err == nil
}

var timestamp = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$`)

// moment reads createdAt (PAYLOAD-9), in epoch ms; what a fraction has beyond milliseconds is cut off.
func moment(raw json.RawMessage) (evidence.Created, int64) {
	value, ok := jsonString(raw)
	if !ok {
		return evidence.CreatedAbsent, 0
	}
	// time.Parse is laxer (a comma, one-digit hours), so the pattern comes first; it alone knows real days.
	if !timestamp.MatchString(value) {
		return evidence.CreatedUnparsable, 0
	}
	found, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return evidence.CreatedUnparsable, 0
	}
	return evidence.CreatedPast, found.Truncate(time.Millisecond).UnixMilli()
}

func formatMoment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func purposeFault(purpose string) string {
	if len(purpose) > specMaxPurposeBytes {
		return "the purpose is longer than 256 bytes"
	}
	if !utf8.ValidString(purpose) {
		return "the purpose is not UTF-8"
	}
	return ""
}
