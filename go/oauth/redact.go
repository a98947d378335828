package oauth

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/openclaw/lock-helpers/go/internal/text"
)

// messageOf is all that is kept of a refresh function's error: its message, without the tokens of the attempt, in whatever
// spelling a request or a log would have them. Never the error itself: HTTP clients keep the request in theirs.
func messageOf(err error, attempt Credential) string {
	message := err.Error()
	var secrets []string
	for _, key := range []string{"refresh", "access"} {
		if token := attempt.Text(key); token != "" {
			secrets = append(secrets, spellings(token)...)
		}
	}
	// The longest first: one token may begin with another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		message = strings.ReplaceAll(message, secret, "[token]")
	}
	return text.Path(message)
}

func spellings(token string) []string {
	quoted, _ := json.Marshal(token)
	return []string{
		token, url.QueryEscape(token), url.PathEscape(token), strings.Trim(string(quoted), `"`), text.Escape(token, len(token)),
		base64.StdEncoding.EncodeToString([]byte(token)), base64.RawURLEncoding.EncodeToString([]byte(token)),
	}
}
