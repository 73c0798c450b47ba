-- The agenda documents of pairs that keep theirs elsewhere, such as in Google Docs.

-- +goose Up

CREATE TABLE documents (
	pair        TEXT   NOT NULL PRIMARY KEY,
	account     TEXT   NOT NULL, -- in which it is kept
	document    TEXT   NOT NULL, -- its id there, '' before it was made
	link        TEXT   NOT NULL,
	shared_with TEXT   NOT NULL, -- the address that was let in, '' for none
	section     TEXT   NOT NULL, -- the last one that was put into it
	topics      TEXT   NOT NULL, -- what people wrote into their calendars that is in it, one on each line
	unfinished  BIGINT NOT NULL, -- agendas in a row, up to the last meeting, that were not finished
	tried_at    TEXT   NOT NULL, -- begun to make it, '' once it is there
	looked_at   TEXT   NOT NULL  -- last time that all was well with it
);
