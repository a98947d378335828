// Package text makes what comes from files and names fit for a message.
package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// How much of a path, or of a name, a message shows.
const (
	MaxPath = 1024
	MaxName = 64
)

// Path is a path as a message shows it.
func Path(path string) string { return Escape(path, MaxPath) }

// Escape makes text from a file, a name or a path fit for a message (ERROR-3): a control character would move the
// cursor of whoever reads the log, a bidirectional one would let a name read as another. At most limit characters.
func Escape(text string, limit int) string {
	var out strings.Builder
	for count := 0; len(text) > 0; count++ {
		if count == limit {
			out.WriteString("…")
			break
		}
		char, size := utf8.DecodeRuneInString(text)
		switch {
		case char == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case strconv.IsPrint(char):
			out.WriteRune(char)
		case char > 0xffff:
			fmt.Fprintf(&out, `\U%08x`, char)
		default:
			fmt.Fprintf(&out, `\u%04x`, char)
		}
		text = text[size:]
	}
	return out.String()
}

// ShellWord is a path as one word of a POSIX shell command.
func ShellWord(path string) string {
	return "'" + strings.ReplaceAll(Path(path), "'", `'\''`) + "'"
}

// Seconds is a duration as a message shows it.
func Seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
