package vector

import "encoding/json"

// Store is one case of store.json: bytes, edits of them, or a table of mounts.
type Store struct {
	Name          string          `json:"name"`
	Rule          string          `json:"rule"`
	LoneSurrogate bool            `json:"loneSurrogate"`
	Edits         json.RawMessage `json:"edits"`
	MountInfo     *string         `json:"mountinfo"`
	Path          string          `json:"path"`
	Expect        struct {
		Kind       *string `json:"kind"`
		Code       string  `json:"code"`
		MountPoint bool    `json:"mountPoint"`
		Content
	} `json:"expect"`
	Content
}

// Asked is one case of state.json or refresh.json: what is asked, by the name of its verb, and what is answered.
type Asked struct {
	Name          string
	Rule          string
	LoneSurrogate bool
	// Members are all of the case, the name and so on too.
	Members map[string]json.RawMessage
	Expect  map[string]any
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *Asked) UnmarshalJSON(raw []byte) error {
	if err := json.Unmarshal(raw, &a.Members); err != nil {
		return err
	}
	for name, into := range map[string]any{
		"name": &a.Name, "rule": &a.Rule, "loneSurrogate": &a.LoneSurrogate, "expect": &a.Expect,
	} {
		if member, given := a.Members[name]; given {
			if err := json.Unmarshal(member, into); err != nil {
				return err
			}
		}
	}
	return nil
}
