package oauth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf8"
)

var errUnhashable = errors.New("a token has NUL or a lone surrogate in it")

// generationOf is a digest of what a refresh consumes and replaces (REFRESH-4): the name under which the token is sent at
// most once.
func generationOf(c Credential) (string, error) {
	refresh, access := c.RefreshToken(), c.Access()
	if !isToken(refresh) || !isToken(access) {
		return "", errUnhashable
	}
	sum := sha256.Sum256([]byte("openclaw-refresh-generation:v1\x00" + refresh + "\x00" + access))
	return hex.EncodeToString(sum[:]), nil
}

func isToken(token string) bool { return utf8.ValidString(token) && !strings.ContainsRune(token, 0) }

func sameGeneration(c Credential, generation string) bool {
	found, err := generationOf(c)
	return err == nil && found == generation
}
