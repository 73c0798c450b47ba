-- Suggestions, the lengths of meetings, and which occurrences had conflicts.

-- +goose Up

CREATE TABLE suggestions (
	id             BIGINT NOT NULL PRIMARY KEY,
	account        TEXT   NOT NULL, -- of the addressee
	pair           TEXT   NOT NULL,
	kind           TEXT   NOT NULL,
	rule           TEXT   NOT NULL,
	uid            TEXT   NOT NULL, -- the series or event it is about, '' when about none
	original_start TEXT   NOT NULL,
	rhythm         TEXT   NOT NULL,
	length_ms      BIGINT NOT NULL,
	from_start     TEXT   NOT NULL,
	from_end       TEXT   NOT NULL,
	to_start       TEXT   NOT NULL,
	to_end         TEXT   NOT NULL,
	zone           TEXT   NOT NULL,
	rung           BIGINT NOT NULL,
	reason         TEXT   NOT NULL,
	other_person   TEXT   NOT NULL,
	event_calendar TEXT   NOT NULL,
	event_id       TEXT   NOT NULL UNIQUE, -- names its event for ever
	event_href     TEXT   NOT NULL,
	event_uid      TEXT   NOT NULL,
	made_uid       TEXT   NOT NULL, -- of the event or series that a yes made
	state          TEXT   NOT NULL,
	words          TEXT   NOT NULL, -- why it ended
	asked_at       TEXT   NOT NULL,
	answered_at    TEXT   NOT NULL,
	ended_at       TEXT   NOT NULL
);

-- One open suggestion per pair (R28).
CREATE UNIQUE INDEX suggestions_open ON suggestions (pair) WHERE state IN ('wanted', 'open', 'accepted');
CREATE INDEX suggestions_account ON suggestions (account, state);

INSERT INTO counters (name, value) VALUES ('suggestions', 0);

CREATE TABLE lengths (
	pair           TEXT   NOT NULL,
	uid            TEXT   NOT NULL,
	original_start TEXT   NOT NULL,
	source         TEXT   NOT NULL, -- meet, done, end
	started_at     TEXT   NOT NULL,
	length_ms      BIGINT NOT NULL,
	noted_at       TEXT   NOT NULL,
	PRIMARY KEY (pair, uid, original_start, source)
);

CREATE TABLE troubled (
	uid            TEXT NOT NULL,
	original_start TEXT NOT NULL,
	noted_at       TEXT NOT NULL,
	PRIMARY KEY (uid, original_start)
);

-- The last meeting that has begun.
ALTER TABLE agendas ADD COLUMN current_uid      TEXT NOT NULL DEFAULT '';
ALTER TABLE agendas ADD COLUMN current_original TEXT NOT NULL DEFAULT '';
ALTER TABLE agendas ADD COLUMN current_start    TEXT NOT NULL DEFAULT '';
ALTER TABLE agendas ADD COLUMN current_end      TEXT NOT NULL DEFAULT '';
