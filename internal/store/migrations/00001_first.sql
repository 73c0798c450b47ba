-- Every statement here runs on SQLite and on PostgreSQL alike:
-- instants are text in UTC (2006-01-02T15:04:05.000Z, '' for none), which sorts
-- as time does; BYTEA keeps bytes as they are on both; numbers come from the
-- table counters, because the two databases spell automatic numbers
-- differently. Text columns are never NULL.

-- +goose Up

CREATE TABLE calendars (
	account     TEXT    NOT NULL,
	id          TEXT    NOT NULL,
	name        TEXT    NOT NULL,
	zone        TEXT    NOT NULL, -- IANA name, '' when the server states none
	main        BOOLEAN NOT NULL, -- new events go here
	writable    BOOLEAN NOT NULL,
	delivers    BOOLEAN NOT NULL,
	cursor      TEXT    NOT NULL DEFAULT '',
	loaded_at   TEXT    NOT NULL DEFAULT '', -- first load
	compared_at TEXT    NOT NULL DEFAULT '', -- last full comparison
	revision    BIGINT  NOT NULL DEFAULT 0,  -- another one after every change of its resources and skipped
	PRIMARY KEY (account, id)
);

CREATE TABLE resources (
	account  TEXT  NOT NULL,
	calendar TEXT  NOT NULL,
	href     TEXT  NOT NULL,
	etag     TEXT  NOT NULL,
	seen_at  TEXT  NOT NULL, -- last change after the first load
	data     BYTEA NOT NULL,
	PRIMARY KEY (account, calendar, href),
	FOREIGN KEY (account, calendar) REFERENCES calendars (account, id) ON DELETE CASCADE
);

-- Listing hrefs and ETags reads this index and leaves the data alone.
CREATE INDEX resources_versions ON resources (account, calendar, href, etag, seen_at);

CREATE TABLE skipped (
	account  TEXT NOT NULL,
	calendar TEXT NOT NULL,
	href     TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (account, calendar, href),
	FOREIGN KEY (account, calendar) REFERENCES calendars (account, id) ON DELETE CASCADE
);

CREATE TABLE counters (
	name  TEXT   NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('actions', 0), ('revisions', 0);

CREATE TABLE actions (
	id             BIGINT NOT NULL PRIMARY KEY,
	key            TEXT   NOT NULL UNIQUE,
	account        TEXT   NOT NULL,
	kind           TEXT   NOT NULL,
	calendar       TEXT   NOT NULL,
	href           TEXT   NOT NULL,
	uid            TEXT   NOT NULL,
	original_start TEXT   NOT NULL,
	pair           TEXT   NOT NULL,
	etag           TEXT   NOT NULL,
	from_start     TEXT   NOT NULL,
	from_end       TEXT   NOT NULL,
	to_start       TEXT   NOT NULL,
	to_end         TEXT   NOT NULL,
	zone           TEXT   NOT NULL,
	rung           BIGINT NOT NULL,
	reason         TEXT   NOT NULL,
	because        TEXT   NOT NULL,
	other_person   TEXT   NOT NULL,
	state          TEXT   NOT NULL CHECK (state IN ('suggested', 'doing', 'done', 'dropped', 'failed')),
	attempts       BIGINT NOT NULL,
	planned_at     TEXT   NOT NULL,
	done_at        TEXT   NOT NULL,
	error          TEXT   NOT NULL
);

CREATE INDEX actions_account ON actions (account, state);
CREATE INDEX actions_pair ON actions (pair, id);
CREATE INDEX actions_moves ON actions (kind, state, done_at);

CREATE TABLE agendas (
	pair        TEXT   NOT NULL PRIMARY KEY,
	token       TEXT   NOT NULL UNIQUE, -- as it stands in the link, which has to be written again
	name_a      TEXT   NOT NULL DEFAULT '',
	name_b      TEXT   NOT NULL DEFAULT '',
	address_a   TEXT   NOT NULL DEFAULT '',
	address_b   TEXT   NOT NULL DEFAULT '',
	organizer   TEXT   NOT NULL DEFAULT '',
	relation    TEXT   NOT NULL DEFAULT '',
	next_start  TEXT   NOT NULL DEFAULT '',
	next_end    TEXT   NOT NULL DEFAULT '',
	zone        TEXT   NOT NULL DEFAULT '',
	held        BIGINT NOT NULL DEFAULT 0,
	previous_at TEXT   NOT NULL DEFAULT ''
);

CREATE TABLE account_status (
	account       TEXT   NOT NULL PRIMARY KEY,
	last_pull     TEXT   NOT NULL,
	last_pass     TEXT   NOT NULL,
	next_try      TEXT   NOT NULL,
	failing       TEXT   NOT NULL, -- in words, '' when all is well
	failing_since TEXT   NOT NULL,
	failures      BIGINT NOT NULL
);
