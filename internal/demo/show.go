package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// show tells what happens.
type show struct {
	out       *printer
	clock     clock
	week      *week
	stage     stage
	app       *app.App
	log       *store.DB
	calendars string // host:port of the calendar server

	lastAction int64 // the newest action that was told of
	open       []happening
	failing    map[string]string // by account: what was told to be wrong with it
}

// firstPass tells the week as it was, what was wrong and done, and the week as it is.
func (s *show) firstPass(ctx context.Context) error {
	s.out.title("oneonone demo: five people, " + s.stage.words() + " inside this program, and a week of trouble")
	before, err := s.agendaOf(ctx, ann)
	if err != nil {
		return err
	}
	r, err := s.app.Pass(ctx, s.clock.now(), true)
	if err != nil {
		return err
	}
	for name, err := range r.Failed {
		return fmt.Errorf("account %q: %w", name, err)
	}
	troubled := map[key]bool{}
	for _, it := range r.Plan.Items {
		if len(it.Decision.Conflicts) > 0 {
			troubled[keyOf(it.UID, it.Original)] = true
		}
	}
	s.out.grid("Ann's week as it was ("+zoneWords+")", "!  cannot take place", s.week, before, troubled, '!')
	s.out.table(s.week.rows(r.Plan))
	after, err := s.agendaOf(ctx, ann)
	if err != nil {
		return err
	}
	moved := map[key]bool{}
	for k, o := range after {
		if old, ok := before[k]; !ok || !old.Span().Equal(o.Span()) {
			moved[k] = true
		}
	}
	s.out.grid("Ann's week as it is now", "*  moved", s.week, after, moved, '*')
	if err := s.links(ctx); err != nil {
		return err
	}
	_, err = s.newActions(ctx)
	return err
}

const zoneWords = "times in Vienna; Dora is in London, an hour behind"

// links tells where to look: the agenda pages and the calendars.
func (s *show) links(ctx context.Context) error {
	look, err := s.app.Engine().LookStored(ctx, s.clock.now())
	if err != nil {
		return err
	}
	var pages [][]string
	seen := map[string]bool{}
	for _, it := range look.Items {
		if !seen[it.With] && it.Link != "" {
			seen[it.With] = true
			pages = append(pages, []string{"Ann and " + it.With, it.Link})
		}
	}
	slices.SortFunc(pages, slices.Compare)
	s.out.list("The agenda of each 1:1 (the link is on every event)", pages)
	title, calendars, hint := s.stage.directions(s.calendars)
	s.out.list(title, calendars)
	s.out.line("  " + hint)
	return nil
}

// live goes on looking after the calendars and tells what people do and what
// comes of it. It looks at once when something has changed, and every poll.
func (s *show) live(ctx context.Context, poll time.Duration) error {
	s.out.title("Now it is your turn: drag a meeting, decline one, put something in its way. Ctrl-C ends it.")
	again := time.NewTicker(poll)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-s.stage.edits():
			s.tell(e)
		case <-again.C:
		}
		r, err := s.app.Pass(ctx, s.clock.now(), false)
		if err != nil {
			return err
		}
		s.failures(r.Failed)
		seen := len(s.open)
		s.tellAll()
		if err := s.answer(ctx, r.Plan, seen); err != nil {
			return err
		}
	}
}

// tell prints what a person did and keeps it until it is answered.
func (s *show) tell(e edit) {
	zone := s.week.zones[vienna]
	for _, h := range changes(e, s.horizon(), zone) {
		s.line(h.what)
		s.open = append(s.open, h)
	}
}

// tellAll tells what came in during a pass, which may have seen it already.
func (s *show) tellAll() {
	for {
		select {
		case e := <-s.stage.edits():
			s.tell(e)
		default:
			return
		}
	}
}

// failures tells when an account begins or ends to fail.
func (s *show) failures(failed map[string]error) {
	for _, p := range cast {
		words := ""
		if err := failed[p.user]; err != nil {
			words = err.Error()
		}
		if words != s.failing[p.user] {
			s.failing[p.user] = words
			if words == "" {
				words = "works again"
			}
			s.line(p.name + "'s calendar: " + words)
		}
	}
}

// horizon is what the live show follows: the weeks the program looks after.
func (s *show) horizon() span.Span {
	now := s.clock.now()
	return span.Span{Start: now, End: now.AddDate(0, 0, 28)}
}

// answer tells what the pass that planned look did about what is open. What
// has to settle first (R13) stays open, and so does what came in after the
// first seen ones and was not acted upon: the pass may have been too early for it.
func (s *show) answer(ctx context.Context, look engine.Look, seen int) error {
	done, err := s.newActions(ctx)
	if err != nil {
		return err
	}
	answered := map[key]bool{}
	for _, a := range done {
		k := keyOf(a.UID, a.Original)
		switch {
		case a.Kind == store.Move:
			s.reply(s.moved(a))
		case a.Kind == store.Heal && !answered[k]:
			s.reply(called(a.Account) + "'s calendar follows")
		default:
			continue
		}
		answered[k] = true
	}
	items := map[key]engine.Item{}
	waits := false
	for _, it := range look.Items {
		items[keyOf(it.UID, it.Original)] = it
		waits = waits || it.Decision.Outcome == reschedule.Wait
	}
	var open []happening
	for i, h := range s.open {
		it, cared := items[h.key]
		switch {
		case answered[h.key], !cared && len(answered) > 0:
		case i >= seen, cared && it.Decision.Outcome == reschedule.Wait, !cared && waits:
			open = append(open, h)
		default:
			s.reply(s.words(h, it.Decision))
		}
	}
	s.open = open
	return nil
}

// words says why the program did nothing about h.
func (s *show) words(h happening, d reschedule.Decision) string {
	switch d.Outcome {
	case reschedule.Stuck:
		return "it stays where it is: " + d.Reason
	case reschedule.Suggest:
		return fmt.Sprintf("it could move to %s, but only with a yes: %s", s.when(d.To.Start), d.Because)
	case reschedule.Leave:
		return "it stays where it is: " + d.Because
	}
	return h.quiet
}

// moved tells of a move: shortly, when it was just said which meeting this is about.
func (s *show) moved(a store.Action) string {
	to := "moved to " + s.when(a.To.Start) + ": " + a.Reason
	if len(s.open) == 1 && s.open[0].key == keyOf(a.UID, a.Original) {
		return to
	}
	return fmt.Sprintf("the 1:1 with %s on %s %s", a.With, s.when(a.From.Start), to)
}

// line tells something with the time at which it was noticed.
func (s *show) line(words string) {
	s.out.line(s.clock.now().Format(time.TimeOnly) + "  " + words)
}

func (s *show) reply(words string) { s.out.line("          → " + strings.TrimSuffix(words, ".")) }

func (s *show) when(t time.Time) string { return t.In(s.week.zones[vienna]).Format(told) }

// newActions returns what the program has done since it was last asked.
func (s *show) newActions(ctx context.Context) ([]store.Action, error) {
	all, err := s.log.Actions(ctx, store.Filter{State: store.Done, Limit: recent})
	if err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(all, func(a store.Action) bool { return a.ID <= s.lastAction })
	for _, a := range fresh {
		s.lastAction = max(s.lastAction, a.ID)
	}
	return fresh, nil
}

// recent is more than the actions of one pass.
const recent = 200
