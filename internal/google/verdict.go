package google

import (
	"time"

	"oneonone/internal/calendar"
)

// verdict is what one of Google's refusals means (reference, section 8).
type verdict struct {
	code   int
	reason string        // "" stands for every other reason of the code
	is     error         // the word of the provider's vocabulary; nil: try again later
	again  bool          // a read is repeated at once
	park   time.Duration // the account is left alone for so long at least
	signIn bool          // a person's sign-in, or a service account's rights, have to be renewed
	says   string        // what the operator reads; ACCOUNT stands for the account
}

const (
	busyFor = time.Minute
	// A calendar over its use limits may be closed for hours, and asking again
	// makes it worse.
	spentFor = 6 * time.Hour
)

var verdicts = []verdict{
	{code: 400, reason: "", is: calendar.ErrRefused, says: "Google does not understand the request, which is a fault of this program"},
	{code: 400, reason: "pushNotSupportedForRequestedResource", is: calendar.ErrRefused, says: "Google does not tell of changes in this calendar"},
	{code: 400, reason: "push.webhookUrlNotHttps", is: calendar.ErrRefused, says: "Google wants an https address under push.url"},
	{code: 400, reason: "channelIdNotUnique", says: "Google has a channel of this name already"},
	{code: 401, reason: "push.webhookUrlUnauthorized", is: calendar.ErrRefused,
		says: "Google does not take the address under push.url; it has to be public, with a certificate that everybody trusts"},
	{code: 401, reason: "", is: calendar.ErrAuth, signIn: true, says: "Google does not accept the sign-in any more; run \"oneonone auth ACCOUNT\""},
	{code: 403, reason: "userRateLimitExceeded", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 403, reason: "rateLimitExceeded", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 403, reason: "RATE_LIMIT_EXCEEDED", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 403, reason: "dailyLimitExceeded", park: spentFor, says: "the requests that Google allows the project in a day are used up"},
	{code: 403, reason: "quotaExceeded", is: calendar.ErrSpent, park: spentFor, says: "the calendar usage limits of Google are exceeded; nothing is written for some hours"},
	{code: 403, reason: "forbiddenForNonOrganizer", is: calendar.ErrReadOnly, says: "Google lets only the organizer change this event"},
	{code: 403, reason: "forbiddenForNonCreator", is: calendar.ErrReadOnly, says: "Google lets only its creator change this event"},
	{code: 403, reason: "requiredAccessLevel", is: calendar.ErrReadOnly, says: "the account may look at this calendar but not change it"},
	{code: 403, reason: "insufficientPermissions", is: calendar.ErrAuth, signIn: true,
		says: "the sign-in lacks a right that is needed; run \"oneonone auth ACCOUNT\" and leave every box ticked"},
	{code: 403, reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", is: calendar.ErrAuth, signIn: true,
		says: "the sign-in lacks a right that is needed; run \"oneonone auth ACCOUNT\" and leave every box ticked"},
	{code: 403, reason: "accessNotConfigured", is: calendar.ErrAuth,
		says: "the Google Calendar API is switched off in the project of the OAuth client; enable it in the Google Cloud console"},
	{code: 403, reason: "SERVICE_DISABLED", is: calendar.ErrAuth,
		says: "the Google Calendar API is switched off in the project of the OAuth client; enable it in the Google Cloud console"},
	{code: 403, reason: "domainPolicy", is: calendar.ErrAuth,
		says: "the administrator of the Google Workspace domain does not allow this program to use its calendars"},
	{code: 403, reason: "", is: calendar.ErrReadOnly, says: "Google does not allow the account to do this"},
	{code: 404, reason: "", is: calendar.ErrNotFound, says: "Google has no such event or calendar"},
	{code: 408, reason: "", again: true, says: "Google did not get the whole request in time"},
	{code: 409, reason: "", is: calendar.ErrConflict, says: "somebody else changed the event at the same moment"},
	{code: 410, reason: "fullSyncRequired", is: calendar.ErrGone, says: "Google no longer knows this state of the calendar"},
	{code: 410, reason: "updatedMinTooLongAgo", is: calendar.ErrGone, says: "Google no longer knows this state of the calendar"},
	{code: 410, reason: "", is: calendar.ErrNotFound, says: "the event has been deleted"},
	{code: 412, reason: "", is: calendar.ErrConflict, says: "somebody else changed the event in the meantime"},
	{code: 429, reason: "", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 500, reason: "", again: true, says: "something broke at Google"},
	{code: 502, reason: "", again: true, says: "Google could not be reached behind its own gateway"},
	{code: 503, reason: "", again: true, says: "Google is busy or down"},
	{code: 504, reason: "", again: true, says: "Google did not answer its own gateway in time"},
}

// verdictOn finds the verdict on an answer. Of several reasons the first that
// is known counts.
func verdictOn(code int, reasons []string) (verdict, string) {
	for _, reason := range append(reasons, "") {
		for _, v := range verdicts {
			if v.code == code && v.reason == reason {
				return v, reason
			}
		}
	}
	v := verdict{code: code, is: calendar.ErrRefused, says: "Google gave an answer that this program does not know"}
	if code >= 500 {
		v.is, v.again = nil, true
	}
	return v, ""
}
