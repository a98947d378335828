package jsontext

// Document is a store that has been read, and knows where its values are.
type Document struct {
	text []byte
	root *object
}

type object struct {
	start, end int
	members    []member
}

type member struct {
	// gap is where the white space before the key begins.
	gap, keyStart, keyEnd int
	key                   string
	value                 value
}

type value struct {
	start, end int
	// object is nil for any other value.
	object *object
}

func (o *object) find(key string) int {
	for i := range o.members {
		if o.members[i].key == key {
			return i
		}
	}
	return -1
}

// Bytes is the text. It must not be changed.
func (d *Document) Bytes() []byte { return d.text }

// Find is the text of the value at a path of keys, or false. Without keys it is the whole store.
func (d *Document) Find(keys ...string) ([]byte, bool) {
	found := value{d.root.start, d.root.end, d.root}
	for _, key := range keys {
		if found.object == nil {
			return nil, false
		}
		at := found.object.find(key)
		if at < 0 {
			return nil, false
		}
		found = found.object.members[at].value
	}
	return d.text[found.start:found.end], true
}
