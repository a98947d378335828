package jsontext

import (
	"encoding/json"
	"fmt"
)

// ParseEdits reads edits as the vectors and the driver's verbs have them.
func ParseEdits(raw []byte) ([]Edit, error) {
	var given []struct {
		At     []string        `json:"at"`
		Value  json.RawMessage `json:"value"`
		Remove bool            `json:"remove"`
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, err
	}
	var edits []Edit
	for _, each := range given {
		edit := Edit{At: each.At, Remove: each.Remove}
		if !each.Remove {
			if each.Value == nil {
				return nil, fmt.Errorf("an edit of %v without a value", each.At)
			}
			if err := json.Unmarshal(each.Value, &edit.Value); err != nil {
				return nil, err
			}
		}
		edits = append(edits, edit)
	}
	return edits, nil
}
