package google

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
)

// pageSize is the largest page there is. Google cuts pages before it drops what
// is not asked for, so that small pages may be empty.
const pageSize = 2500

// listParameters are sent with every listing, with and without a sync token. A
// token belongs to the parameters it was given for (discovery document,
// events.list), so that every cursor carries their hash, and one that was
// made with others is dead. showDeleted is left at its default, because it may not
// be sent as false beside a token; deletions come with a token anyway, and
// cancelled occurrences of a series that goes on come always.
var listParameters = url.Values{"maxResults": {strconv.Itoa(pageSize)}, "singleEvents": {"false"}}

const cursorKind = "google1"

func cursorFor(token string) string {
	if token == "" {
		return ""
	}
	return cursorKind + ":" + parametersHash() + ":" + token
}

// tokenOf takes the sync token out of a cursor; ok is false when the cursor is
// dead or never was one.
func tokenOf(cursor string) (token string, ok bool) {
	rest, ok := strings.CutPrefix(cursor, cursorKind+":"+parametersHash()+":")
	return rest, ok && rest != ""
}

func parametersHash() string {
	sum := sha256.Sum256([]byte(listParameters.Encode()))
	return hex.EncodeToString(sum[:6])
}
