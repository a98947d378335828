package jsontext

import "encoding/json"

// Decode is what a valid JSON text says: nil, a bool, a [json.Number], a string, a []any or a map[string]any. Unlike
// encoding/json it keeps lone surrogates, as bytes that are no UTF-8; of equal keys the last counts.
func Decode(text []byte) (any, error) {
	if !json.Valid(text) {
		return nil, Garbage
	}
	d := decoder{scanner{text: text}}
	d.skipSpace()
	return d.decode(), nil
}

type decoder struct{ scanner }

func (d *decoder) decode() any {
	sign := d.text[d.at]
	switch sign {
	case '{':
		object := map[string]any{}
		d.members('}', func() {
			key := d.said()
			d.skipSpace()
			d.at++ // The colon.
			d.skipSpace()
			object[key] = d.decode()
		})
		return object
	case '[':
		list := []any{}
		d.members(']', func() { list = append(list, d.decode()) })
		return list
	case '"':
		return d.said()
	}
	from := d.at
	_ = d.scalar(sign)
	switch word := string(d.text[from:d.at]); word {
	case "null":
		return nil
	case "true", "false":
		return word == "true"
	default:
		return json.Number(word)
	}
}

func (d *decoder) said() string {
	from := d.at
	_ = d.string()
	return unescape(d.text[from+1 : d.at-1])
}

// members goes through what is between two brackets.
func (d *decoder) members(closing byte, next func()) {
	d.at++
	d.skipSpace()
	for d.text[d.at] != closing {
		if d.text[d.at] == ',' {
			d.at++
			d.skipSpace()
		}
		next()
		d.skipSpace()
	}
	d.at++
}
