package oauth

import (
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/openclaw/lock-helpers/go/internal/ecma"
	"github.com/openclaw/lock-helpers/go/internal/hook"
	"github.com/openclaw/lock-helpers/go/internal/jsontext"
	"github.com/openclaw/lock-helpers/go/internal/limits"
)

// Answer is what a token endpoint answered: access_token, refresh_token, expires_in, account_id, email (REFRESH-10). Like
// [Credential] it shows nothing when printed.
type Answer struct{ reveal func() map[string]any }

// ParseAnswer reads the body of a token endpoint's answer.
func ParseAnswer(body []byte) (Answer, error) {
	value, err := jsontext.Decode(body)
	members, is := value.(map[string]any)
	if err != nil || !is {
		return Answer{}, hook.InvalidOption("answer", "it is no JSON object")
	}
	return Answer{func() map[string]any { return members }}, nil
}

// NewAnswer is an answer with these members, which must be of a kind that JSON has.
func NewAnswer(members map[string]any) (Answer, error) {
	raw, err := json.Marshal(members)
	if err != nil {
		return Answer{}, hook.InvalidOption("answer", "it cannot be written as JSON")
	}
	return ParseAnswer(raw)
}

func (a Answer) credential() Credential {
	if a.reveal == nil {
		return Credential{}
	}
	return credentialOf(a.reveal())
}

var (
	errNoAccessToken = errors.New("the answer has no access token")
	errOtherAccount  = errors.New("the answer is for another account")
)

// merge is what the answer changes in what is stored.
func merge(stored Credential, answer Answer, requested time.Time) ([]Change, error) {
	changes, err := changesOf(answer, requested)
	if err == nil && contradicts(stored, answer.credential()) {
		return nil, errOtherAccount
	}
	return changes, err
}

func changesOf(answered Answer, requested time.Time) ([]Change, error) {
	answer := answered.credential()
	if answer.said("access_token") == "" {
		return nil, errNoAccessToken
	}
	changes := []Change{change("access", answer.Text("access_token"))}
	if answer.said("refresh_token") != "" {
		changes = append(changes, change("refresh", answer.Text("refresh_token")))
	}
	expires := requested.UnixMilli() + lifetimeMs(answer.members()["expires_in"], requested)
	changes = append(changes, change("expires", json.Number(strconv.FormatInt(expires, 10))))
	for _, key := range [][2]string{{"account_id", "accountId"}, {"email", "email"}} {
		if answer.said(key[0]) != "" {
			changes = append(changes, change(key[1], answer.Text(key[0])))
		}
	}
	return changes, nil
}

// contradicts: what only one of the two says contradicts nothing.
func contradicts(stored, answer Credential) bool {
	ours, theirs := stored.said("accountId"), answer.said("account_id")
	if ours == "" || theirs == "" {
		ours, theirs = ecma.Lower(stored.said("email")), ecma.Lower(answer.said("email"))
	}
	return ours != "" && theirs != "" && ours != theirs
}

var digitsOnly = regexp.MustCompile(`^[0-9]{1,15}$`)

// lifetimeMs is what expires_in says, in whole ms, or an hour.
func lifetimeMs(said any, requested time.Time) int64 {
	if text, is := said.(string); is && digitsOnly.MatchString(text) {
		said = json.Number(text)
	}
	digits, is := said.(json.Number)
	seconds, err := digits.Float64()
	ms := math.Trunc(seconds * 1000)
	if !is || err != nil || !(seconds > 0) || ms > latestMs-float64(requested.UnixMilli()) {
		return limits.AssumedLifetime.Milliseconds()
	}
	return int64(ms)
}
