package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// finish judges the year as a whole and prints its figures.
func (y *year) finish() {
	y.Helper()
	y.keepBooks()
	for _, dav := range y.davs {
		for _, v := range dav.Violations() {
			y.Errorf("violation: %s", v)
		}
	}
	for _, v := range y.google.Violations() {
		y.Errorf("violation: %s", v)
	}
	for _, c := range y.couples {
		y.books(c)
		y.gaps(c)
	}
	y.secrets()
	y.table()
	if y.Failed() {
		y.chronicle()
	}
}

// keepBooks notes what the program's books say of the suggestions that were seen.
func (y *year) keepBooks() {
	y.Helper()
	all, err := y.db.Suggestions(y.Context(), time.Time{})
	if err != nil {
		y.Fatal(err)
	}
	for _, s := range all {
		for _, c := range y.couples {
			for _, a := range c.askedOf {
				if a.uid == s.EventUID && a.who.name == s.Account && a.state != s.State {
					a.state, a.words = s.State, s.Words
					if !s.EndedAt.IsZero() {
						c.note(s.EndedAt, "%s: %s (%s)", strings.TrimPrefix(a.title, "Suggestion: "), s.State, s.Words)
					}
				}
			}
		}
	}
}

// books compares what was said yes to with what was done.
func (y *year) books(c *couple) {
	y.Helper()
	single, series := 0, 0
	for _, a := range c.askedOf {
		switch {
		case a.state == "applied" && makes(a.kind):
			single++
		case a.state == "applied" && changes(a.kind):
			series++
		case a.state == "applied" && a.answer() == "" && a.kind != "move":
			y.Errorf("%s: %q was done though nobody said yes", c, a.title)
		}
		if a.answer() == "accepted" && a.state != "applied" && a.state != "withdrawn" && !a.at.Before(y.lostAt) && len(a.answers) == 1 && y.now.Sub(a.answered) > 24*time.Hour {
			y.Errorf("%s: %q was accepted on %s and is %s: %s", c, a.title, told(a.answered), a.state, a.words)
		}
	}
	if c.made != single && !y.forgot(c) {
		y.Errorf("%s: %d meetings were made, %d agreed", c, c.made, single)
	}
	if c.changed != series && !y.forgot(c) {
		y.Errorf("%s: %d series were made, %d agreed", c, c.changed, series)
	}
}

// forgot reports whether the program lost its books while it had not done yet what
// somebody had said yes to, so that these do not tell whether it did.
func (y *year) forgot(c *couple) bool {
	return slices.ContainsFunc(c.askedOf, func(a *askedOnce) bool {
		return a.at.Before(y.lostAt) && (a.state == "" || a.state == "open" || a.state == "accepted")
	})
}

// longestWithout is how many days may lie between two meetings (R26).
const longestWithout = 14 + 3

// gaps looks for times without a meeting that are longer than they should be.
func (y *year) gaps(c *couple) {
	y.Helper()
	if c.rule == "" {
		return
	}
	slices.SortFunc(c.held, time.Time.Compare)
	all := append(slices.Clone(c.held), y.now)
	for i := 1; i < len(all); i++ {
		days := int(mondayless(all[i]).Sub(mondayless(all[i-1])).Hours()/24 + 0.5)
		if days <= longestWithout {
			continue
		}
		why := y.excuses(c, all[i-1], all[i])
		if len(why) == 0 {
			y.Errorf("%s: %d days without a meeting from %s to %s, and nothing that explains it", c, days, told(all[i-1]), told(all[i]))
			continue
		}
		y.Logf("%s: %d days without a meeting from %s to %s: %s", c, days, told(all[i-1]), told(all[i]), strings.Join(why, "; "))
	}
}

// mondayless is the day of t in UTC.
func mondayless(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// excuses tells what happened in a time without a meeting that the program could
// do nothing about.
func (y *year) excuses(c *couple, from, to time.Time) []string {
	var out []string
	if c.stays {
		out = append(out, "no server can bring a change to both")
	}
	away := 0
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		if y.away(c.organizer, d) || y.away(c.guest, d) {
			away++
		}
	}
	days := int(mondayless(to).Sub(mondayless(from)).Hours()/24 + 0.5)
	if days-away <= longestWithout {
		out = append(out, fmt.Sprintf("away for %d days", away))
	}
	for _, a := range c.askedOf {
		if !makes(a.kind) || a.at.Before(from) || a.at.After(from.AddDate(0, 0, longestWithout+away)) {
			continue // It came too late to help.
		}
		out = append(out, fmt.Sprintf("%s was suggested on %s and answered with %q (%s)", a.kind, told(a.at), a.answer(), a.state))
	}
	for _, n := range c.notes {
		if n.at.After(from.AddDate(0, 0, -30)) && n.at.Before(to) && strings.HasPrefix(n.text, "#") {
			out = append(out, n.text)
		}
	}
	return out
}

// table prints the figures of the year.
func (y *year) table() {
	y.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "pair\theld\tmoved\tshort\tstuck\tasked\tyes\tno\tmaybe\tsilent\twithdrawn\tlongest gap\tmails\tkinds")
	for _, c := range y.couples {
		kinds, said := map[string]int{}, map[string]int{}
		withdrawn := 0
		for _, a := range c.askedOf {
			kinds[a.kind]++
			said[a.answer()]++
			if a.state == "withdrawn" {
				withdrawn++
			}
		}
		longest := 0
		for i := 1; i < len(c.held); i++ {
			longest = max(longest, int(mondayless(c.held[i]).Sub(mondayless(c.held[i-1])).Hours()/24+0.5))
		}
		var list []string
		for _, k := range kindsByTitle {
			if n := kinds[k.kind]; n > 0 {
				list = append(list, fmt.Sprintf("%d %s", n, k.kind))
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d d\t%d\t%s\n", c, len(c.held), len(c.moved), len(c.short), len(c.stuck),
			len(c.askedOf), said["accepted"], said["declined"]+said["deleted"], said["tentative"], said[""], withdrawn, longest, c.mails, strings.Join(list, ", "))
	}
	w.Flush()
	y.Logf("%d passes, of which %d wrote\n%s", y.passes, y.busy, &b)
}

// chronicle prints what happened to each of the couples.
func (y *year) chronicle() {
	y.Helper()
	for _, c := range y.couples {
		for _, at := range c.held {
			c.note(at, "held")
		}
		slices.SortStableFunc(c.notes, func(a, b remark) int { return a.at.Compare(b.at) })
		var b strings.Builder
		for _, n := range c.notes {
			fmt.Fprintf(&b, "%s  %s\n", n.at.UTC().Format("2006-01-02 15:04"), n.text)
		}
		y.Logf("%s\n%s", c, &b)
	}
}

// secrets looks for what the program must tell nobody: the titles, places, texts
// and names of events that are no 1:1s, in whatever it wrote and logged.
func (y *year) secrets() {
	y.Helper()
	if strings.Contains(y.log.String(), marked) {
		for line := range strings.SplitSeq(y.log.String(), "\n") {
			if strings.Contains(line, marked) {
				y.Errorf("the log tells of another event: %s", line)
				break
			}
		}
	}
	for _, c := range y.couples {
		for _, a := range c.askedOf {
			if strings.Contains(a.title+a.text, marked) {
				y.Errorf("a suggestion tells of another event: %s\n%s", a.title, a.text)
			}
		}
	}
}
