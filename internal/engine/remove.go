package engine

import (
	"context"
	"errors"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// Removed is what Remove did.
type Removed struct {
	Events int // resources that were cleaned
	Failed map[string]error
}

// Remove takes every mark, line and link of the program off every event of all
// accounts, past ones too. Moved meetings stay where they are.
func (e *Engine) Remove(ctx context.Context, now time.Time) (Removed, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	now = now.Truncate(time.Second)
	r := Report{Failed: map[string]error{}}
	if err := e.pullAll(ctx, now, true, &r); err != nil {
		return Removed{}, err
	}
	p := e.writer(ctx, now, &r)
	err := e.inRounds(ctx, p, (*passWriter).cleanAll)
	if err == nil {
		for _, name := range p.again {
			r.Failed[name] = errors.New("its events were changed by somebody else all the time; run it once more")
		}
	}
	return Removed{r.Writes, r.Failed}, err
}

// cleanAll takes the program's marks off everything that can be read now.
func (p *passWriter) cleanAll() {
	for i := range p.e.o.Accounts {
		m, err := p.e.loadMirror(p.ctx, &p.e.o.Accounts[i], p.e.window(p.now))
		if err != nil {
			p.err = err
			return
		}
		if !m.fresh {
			continue
		}
		for _, s := range m.series {
			if p.clean(&side{m, s}); p.err != nil {
				return
			}
		}
	}
}

// clean takes the program's marks off one series, resource by resource.
func (p *passWriter) clean(sd *side) {
	type dirty struct {
		etag  calendar.ETag
		parts []calendar.Part
	}
	found := map[string]*dirty{}
	var hrefs []string
	components := sd.s.exceptions
	if sd.s.master != nil {
		components = append([]calendar.Event{*sd.s.master}, components...)
	}
	none := ""
	for _, ev := range components {
		_, _, block := agenda.SplitBlock(ev.Description, ev.HTML)
		if !block && ev.Mark == nil && ev.AgendaLink == "" {
			continue
		}
		d := found[ev.Href]
		if d == nil {
			d = &dirty{etag: ev.ETag}
			found[ev.Href] = d
			hrefs = append(hrefs, ev.Href)
		}
		d.parts = append(d.parts, calendar.Part{Original: ev.Original, RemoveMark: true, Lines: []string{}, Link: &none})
	}
	for _, href := range hrefs {
		act := store.Action{Kind: store.Remove, UID: sd.s.uid, PlannedAt: p.now, Reason: "Every mark of the program is taken off on request."}
		p.send(sd, href, found[href].etag, act, calendar.Change{Parts: found[href].parts})
		if p.err != nil {
			return
		}
	}
}
