CREATE TABLE account_status (
	account       TEXT   NOT NULL PRIMARY KEY,
	last_pull     TEXT   NOT NULL,
	last_pass     TEXT   NOT NULL,
	next_try      TEXT   NOT NULL,
	failing       TEXT   NOT NULL, -- in words, '' when all is well
	failing_since TEXT   NOT NULL,
	failures      BIGINT NOT NULL
);
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
CREATE INDEX actions_moves ON actions (kind, state, done_at);
CREATE INDEX actions_pair ON actions (pair, id);
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
, current_uid      TEXT NOT NULL DEFAULT '', current_original TEXT NOT NULL DEFAULT '', current_start    TEXT NOT NULL DEFAULT '', current_end      TEXT NOT NULL DEFAULT '');
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
CREATE TABLE counters (
	name  TEXT   NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
);
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
CREATE INDEX resources_versions ON resources (account, calendar, href, etag, seen_at);
CREATE TABLE skipped (
	account  TEXT NOT NULL,
	calendar TEXT NOT NULL,
	href     TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (account, calendar, href),
	FOREIGN KEY (account, calendar) REFERENCES calendars (account, id) ON DELETE CASCADE
);
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
CREATE INDEX suggestions_account ON suggestions (account, state);
CREATE UNIQUE INDEX suggestions_open ON suggestions (pair) WHERE state IN ('wanted', 'open', 'accepted');
CREATE TABLE topics (
	pair           TEXT   NOT NULL,
	person         TEXT   NOT NULL, -- in whose copy of the event it stands
	uid            TEXT   NOT NULL,
	original_start TEXT   NOT NULL,
	topic          TEXT   NOT NULL,
	place          BIGINT NOT NULL, -- in the order in which the person wrote them
	start_at       TEXT   NOT NULL, -- of the meeting
	end_at         TEXT   NOT NULL,
	seen_at        TEXT   NOT NULL, -- first
	PRIMARY KEY (pair, uid, original_start, person, topic)
);
CREATE INDEX topics_meeting ON topics (pair, start_at);
CREATE TABLE troubled (
	uid            TEXT NOT NULL,
	original_start TEXT NOT NULL,
	noted_at       TEXT NOT NULL,
	PRIMARY KEY (uid, original_start)
);
