package store

import (
	"context"
	"fmt"
	"time"
)

// AccountStatus is how one account is doing.
type AccountStatus struct {
	Account      string
	LastPull     time.Time // last pull that succeeded; zero before the first
	LastPass     time.Time // end of the last pass that succeeded; zero before the first
	NextTry      time.Time
	Failing      string // what is wrong, in words; "" when all is well
	FailingSince time.Time
	Failures     int // in a row
}

type statusRow struct {
	Account      string
	LastPull     instant `db:"last_pull"`
	LastPass     instant `db:"last_pass"`
	NextTry      instant `db:"next_try"`
	Failing      string
	FailingSince instant `db:"failing_since"`
	Failures     int
}

// PutAccountStatus replaces what is stored of s.Account.
func (db *DB) PutAccountStatus(ctx context.Context, s AccountStatus) error {
	_, err := db.exec(ctx, `
		INSERT INTO account_status (account, last_pull, last_pass, next_try, failing, failing_since, failures)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET last_pull = excluded.last_pull, last_pass = excluded.last_pass,
			next_try = excluded.next_try, failing = excluded.failing, failing_since = excluded.failing_since,
			failures = excluded.failures`,
		s.Account, instant(s.LastPull), instant(s.LastPass), instant(s.NextTry), s.Failing, instant(s.FailingSince), s.Failures)
	if err != nil {
		return fmt.Errorf("storing the status of account %q: %w", s.Account, err)
	}
	return nil
}

// AccountStatuses returns the status of every account that ever had one, by
// name; accounts that left the configuration are among them.
func (db *DB) AccountStatuses(ctx context.Context) ([]AccountStatus, error) {
	var rows []statusRow
	err := db.selectAll(ctx, &rows, `
		SELECT account, last_pull, last_pass, next_try, failing, failing_since, failures FROM account_status ORDER BY account`)
	if err != nil {
		return nil, fmt.Errorf("reading the status of the accounts: %w", err)
	}
	out := make([]AccountStatus, len(rows))
	for i, r := range rows {
		out[i] = AccountStatus{
			Account: r.Account, LastPull: time.Time(r.LastPull), LastPass: time.Time(r.LastPass), NextTry: time.Time(r.NextTry),
			Failing: r.Failing, FailingSince: time.Time(r.FailingSince), Failures: r.Failures,
		}
	}
	return out, nil
}
