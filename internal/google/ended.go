package google

import (
	"fmt"
	"time"
)

const (
	// testingLife is how long Google lets a sign-in live that was made while the
	// publishing status of the OAuth client was "Testing".
	testingLife = 7 * 24 * time.Hour
	// testingEarly and testingLate are between which ages such an end is noticed:
	// clocks differ, and a program that does not run notices nothing.
	testingEarly = testingLife - 12*time.Hour
	testingLate  = testingLife + 24*time.Hour
	// deadFor is how long an account whose sign-in has ended is left alone. A
	// sign-in made anew is found in its file, and at once after a restart.
	deadFor = time.Hour
)

// life is what is known of a person's sign-in.
type life struct {
	made  time.Time // zero: not known
	alive time.Time // when Google last took it, as far as known; zero: never
}

// ended says why the sign-in of an account, which Google refuses now, may have
// ended, and what repairs it.
func (l life) ended(account string, now time.Time) string {
	repair := fmt.Sprintf("run \"oneonone auth %s\"", account)
	const refused = "Google refused the refresh token (invalid_grant)"
	// It died at an age between these two.
	atLeast, atMost := l.alive.Sub(l.made), now.Sub(l.made)
	switch {
	case l.made.IsZero():
		return refused + "; " + repair + ". If this comes every seven days, the OAuth client is still in \"Testing\": publish it before"
	case atMost < testingEarly || atLeast > testingLate:
		return refused + ": the access was taken away, or not used for six months; " + repair
	case atMost < testingLate || atLeast > testingEarly:
		return refused + " seven days after the sign-in, as it does while the OAuth client is in \"Testing\": " +
			"publish the client in the Google Cloud console, then " + repair
	}
	return refused + ": if the OAuth client is still in \"Testing\", sign-ins end after seven days: publish it in the Google Cloud console; then " + repair
}
