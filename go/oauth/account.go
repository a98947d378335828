package oauth

import "github.com/openclaw/lock-helpers/go/internal/ecma"

// SameAccount says whether another credential is for the account of the stored one (REFRESH-11). It is asked of the
// stored one: one that says no account is replaced by one that does, and not the other way round.
func SameAccount(stored, other Credential) bool {
	provider := ecma.Lower(stored.said("provider"))
	if provider == "" || provider != ecma.Lower(other.said("provider")) {
		return false
	}
	account, address := stored.said("accountId"), stored.said("email")
	if theirs := other.said("accountId"); account != "" && theirs != "" {
		return account == theirs
	}
	if theirs := other.said("email"); address != "" && theirs != "" {
		return ecma.Lower(address) == ecma.Lower(theirs)
	}
	for _, key := range []string{"refresh", "access"} {
		if stored.said(key) != "" && stored.Text(key) == other.Text(key) {
			return true
		}
	}
	return account == "" && address == ""
}
