package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// papers is what the engine knows of the documents that are agendas. Whatever
// goes wrong with them stops no move.
type papers struct {
	known   map[string]store.Document // by pair; nil until it was read
	failing map[string]*paperTrouble  // by account
	refused map[string]paperTrouble   // by pair
	told    map[string]time.Time      // by pair: the start of the next meeting as its document was last told
}

// paperTrouble is why documents cannot be kept, or one of them cannot.
type paperTrouble struct {
	account, words string
	since, nextTry time.Time
	failures       int // in a row
}

func (e *Engine) loadPapers(ctx context.Context) error {
	if e.papers.known != nil {
		return nil
	}
	all, err := e.o.Store.Documents(ctx)
	if err != nil {
		return err
	}
	e.papers = papers{map[string]store.Document{}, map[string]*paperTrouble{}, map[string]paperTrouble{}, map[string]time.Time{}}
	for _, d := range all {
		e.papers.known[d.Pair] = d
	}
	return nil
}

// trouble says what is wrong with an account's documents; its words are "" when
// nothing is.
func (p papers) trouble(account string) paperTrouble {
	if t := p.failing[account]; t != nil {
		return *t
	}
	for _, pair := range slices.Sorted(maps.Keys(p.refused)) {
		if t := p.refused[pair]; t.account == account {
			return t
		}
	}
	return paperTrouble{}
}

func (e *Engine) remember(ctx context.Context, d store.Document) error {
	if err := e.o.Store.PutDocument(ctx, d); err != nil {
		return err
	}
	e.papers.known[d.Pair] = d
	return nil
}

// noteTrouble keeps what went wrong with a document: a refusal stops that one for
// a while, everything else all of the account.
func (e *Engine) noteTrouble(account, pair string, now time.Time, err error) {
	words := ""
	if err != nil {
		words = inWords(err)
	}
	was := e.papers.failing[account]
	old, wasRefused := e.papers.refused[pair]
	switch {
	case err == nil || errors.Is(err, calendar.ErrRefused):
		delete(e.papers.refused, pair)
		delete(e.papers.failing, account)
		if was != nil || err == nil && wasRefused {
			e.o.Log.Info("agenda documents work again", "account", account)
		}
		if err == nil {
			return
		}
		t := paperTrouble{account: account, words: words, since: now, nextTry: now.Add(refusedFor + jitter(pair, refusedFor/8)), failures: old.failures + 1}
		if old.words == words {
			t.since = old.since
		} else {
			e.o.Log.Error("an agenda document needs a look", "account", account, "err", words)
		}
		e.papers.refused[pair] = t
	default:
		t := &paperTrouble{account: account, words: words, since: now, failures: 1}
		if was != nil {
			t.since, t.failures = was.since, was.failures+1
		}
		wait := backoff(t.failures)
		var asked *calendar.RetryError
		if errors.As(err, &asked) {
			wait = max(wait, asked.After)
		}
		t.nextTry = now.Add(wait + jitter(account, wait/8))
		if was == nil || was.words != words {
			e.o.Log.Warn("agenda documents cannot be kept; meetings are looked after as before",
				"account", account, "err", words, "retry", t.nextTry.UTC().Format(time.RFC3339))
		}
		e.papers.failing[account] = t
	}
}
