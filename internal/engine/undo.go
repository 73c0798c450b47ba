package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// ErrNothingToUndo says that no moved, still future occurrence stands where the
// program put it.
var ErrNothingToUndo = errors.New("there is nothing to put back")

// UndoResult says what became of one moved occurrence.
type UndoResult struct {
	With     string
	Zone     *time.Location
	From, To span.Span // To is where it stands now: its place before the move
	Err      error     // why it was left alone; nil when it was put back
}

// Undo puts moved, still future occurrences back where they were before the
// move: the one that action id moved, or all of them for id 0. An occurrence
// that a person has touched since stays. What was put back is not moved again.
func (e *Engine) Undo(ctx context.Context, now time.Time, id int64) ([]UndoResult, error) {
	e.turn.Lock()
	defer e.turn.Unlock()
	now = now.Truncate(time.Second)
	r := Report{Failed: map[string]error{}}
	if err := e.pullAll(ctx, now, true, &r); err != nil {
		return nil, err
	}
	if err := e.settleDoing(ctx, now, &r); err != nil {
		return nil, err
	}
	want, err := e.undoWanted(ctx, id)
	if err != nil {
		return nil, err
	}
	w, err := e.buildWorld(ctx, now)
	if err != nil {
		return nil, err
	}
	var out []UndoResult
	p := e.writer(ctx, now, &r)
	for i, src := range w.sources {
		mark := w.history.mark(src.occ)
		if mark == nil || oneonone.Undone(*mark) || !src.occ.Start.After(now) || !src.care.served {
			continue
		}
		mt := w.facts.Meetings[i]
		if want != nil && keyOf(mt.UID, mt.Original) != *want {
			continue
		}
		out = append(out, p.undo(w, src, *mark))
		if p.err != nil {
			return out, p.err
		}
	}
	if len(out) == 0 {
		return nil, ErrNothingToUndo
	}
	return out, nil
}

// undoWanted returns the occurrence that action id moved, nil for all.
func (e *Engine) undoWanted(ctx context.Context, id int64) (*meetingKey, error) {
	if id == 0 {
		return nil, nil
	}
	a, found, err := e.o.Store.Action(ctx, id)
	if err != nil {
		return nil, err
	}
	if !found || a.Kind != store.Move || a.State != store.Done {
		return nil, fmt.Errorf("%w: the log has no move with number %d", ErrNothingToUndo, id)
	}
	key := keyOf(a.UID, a.Original)
	return &key, nil
}

// undo puts one occurrence back in both copies.
func (p *passWriter) undo(w *world, src source, mark calendar.Mark) UndoResult {
	c := src.care
	res := UndoResult{
		With: p.e.name(w, c.guest), Zone: src.occ.Start.Location(),
		From: src.occ.Span(), To: mark.From,
	}
	switch {
	case !src.occ.Span().Equal(mark.To):
		res.Err = errors.New("a person has moved it since; it stays where it is")
		return res
	case c.blocked != "":
		res.Err = errors.New(c.blocked)
		return res
	case !c.own.m.fresh || (c.copied != nil && !c.copied.m.fresh):
		res.Err = errors.New("its calendar could not be read just now; try again later")
		return res
	}
	back := calendar.Mark{Count: mark.Count, From: mark.From, To: mark.From, At: p.now}
	act := store.Action{
		Kind: store.Undo, UID: src.occ.UID, Original: src.occ.Original, Pair: c.pair.String(),
		From: src.occ.Span(), To: mark.From, Reason: "Put back on request.", PlannedAt: p.now,
		Zone: zoneOf(src.occ.Start), With: res.With,
	}
	if !p.shift(w, c, c.own, src.occ, act, &back, "") {
		res.Err = errors.New("the event was changed by somebody else at this moment, or the server refused; look at `oneonone log`")
		return res
	}
	if c.copied != nil {
		p.copy(w, src, mark.From, &back, "")
	}
	return res
}
