package calendartest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
)

// forbidden are the parameters that may not stand beside a sync token.
var forbiddenWithToken = []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"}

// frozen are the parameters that have to stay as they were when the token was given.
var frozenWithToken = []string{"singleEvents", "eventTypes", "maxAttendees", "showHiddenInvitations", "timeZone", "showDeleted", "alwaysIncludeEmail"}

// googleToken is what a sync token and a page token say; a page token has Upto.
type googleToken struct {
	Calendar string
	Epoch    int
	Since    int64  // changes up to here are known
	Upto     int64  // the change log as it was on the first page
	After    int64  // the last row of the page before
	Skip     int    // rows of an expanded list before this page
	Query    string // the frozen parameters
	Page     bool
}

func (t googleToken) String() string { return base64.RawURLEncoding.EncodeToString(mustToken(t)) }

func mustToken(t googleToken) []byte {
	data, err := json.Marshal(t)
	if err != nil {
		panic(err) // It holds nothing that JSON cannot say.
	}
	return data
}

func readToken(s string) (t googleToken, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	return t, err == nil && json.Unmarshal(data, &t) == nil
}

// pickQuery spells those of the parameters that are set.
func pickQuery(query url.Values, names []string) string {
	picked := url.Values{}
	for _, name := range names {
		if v := slices.Sorted(slices.Values(query[name])); len(v) > 0 {
			picked[name] = v
		}
	}
	return picked.Encode()
}
