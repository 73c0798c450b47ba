-- Suggestions have a table of their own. Those that the action log once held, in
-- the state 'suggested' or dropped without having been begun, never reached a
-- calendar; what of them is still true is suggested anew. The CHECK on the state
-- goes on allowing 'suggested', which nothing writes any more: SQLite would have to
-- copy the whole table to forget it.

-- +goose Up

DELETE FROM actions WHERE attempts = 0;
