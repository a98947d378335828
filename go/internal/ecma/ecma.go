// Package ecma trims and lowers text as ECMAScript does, and so OpenClaw: package strings takes another set of white
// space, and lowers some letters in another way.
package ecma

import "strings"

const white = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

// Trim takes white space and line terminators off both ends.
func Trim(text string) string { return strings.Trim(text, white) }

// Lower is text in lower case, by Unicode's full mapping without a locale. Only a sigma at the end of a word may come
// out as another letter.
func Lower(text string) string {
	return strings.ToLower(strings.ReplaceAll(text, "\u0130", "i\u0307"))
}

// IsBlank says whether nothing is left of it.
func IsBlank(text string) bool { return Trim(text) == "" }
