-- What people wrote under "Agenda:" in their calendars, by meeting.

-- +goose Up

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
