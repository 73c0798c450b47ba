package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// topicOf is a topic for the meeting of Ann and Bob that begins at start.
func topicOf(person, text string, start time.Time, place int) Topic {
	return Topic{
		Pair: "ann|bob", Person: person, UID: "u", Original: start, Start: start, End: start.Add(30 * time.Minute),
		Place: place, Text: text,
	}
}

func TestTopics(t *testing.T) {
	week := func(n int) time.Time { return t0.AddDate(0, 0, 7*n) }
	one := func(text string, place int) Topic { return topicOf("ann", text, week(0), place) }
	moved := one("Release", 0)
	moved.Start, moved.End = week(0).Add(time.Hour), week(0).Add(2*time.Hour)
	single := one("Release", 0)
	single.Original = time.Time{}
	each(t, func(t *testing.T, db *DB) {
		for _, c := range []struct {
			name string
			now  time.Time
			put  []Topic
			at   time.Time // whose meeting is looked at
			want []string
		}{
			{"new ones, in the order of each person", week(-2), []Topic{one("Release", 1), one("Budget", 0), topicOf("bob", "A raise", week(0), 0)}, week(0),
				[]string{"ann Budget", "ann Release", "bob A raise"}},
			{"another order", week(-1), []Topic{one("Release", 0), one("Budget", 1), topicOf("bob", "A raise", week(0), 0)}, week(0),
				[]string{"ann Release", "ann Budget", "bob A raise"}},
			{"one gone, one more", week(-1), []Topic{one("Release", 0), one("Holiday", 1)}, week(0), []string{"ann Release", "ann Holiday"}},
			{"the meeting moved", week(-1), []Topic{moved}, moved.Start, []string{"ann Release"}},
			{"nothing where it was", week(-1), []Topic{moved}, week(0), nil},
			{"while it runs a line may go", moved.Start, nil, moved.Start, nil},
			{"back again", moved.Start, []Topic{moved}, moved.Start, []string{"ann Release"}},
			{"after it the line stays", moved.End, []Topic{topicOf("ann", "Release", week(1), 0)}, moved.Start, []string{"ann Release"}},
			{"and is there for the next one", moved.End, []Topic{topicOf("ann", "Release", week(1), 0)}, week(1), []string{"ann Release"}},
			{"a held meeting that a person puts off", moved.End, []Topic{topicOf("ann", "Release", week(1), 0), {
				Pair: "ann|bob", Person: "ann", UID: "u", Original: week(0), Start: week(2), End: week(2).Add(time.Hour), Text: "Release"}},
				moved.Start, nil},
			{"an event that does not recur", week(-1), []Topic{single}, week(0), []string{"ann Release"}},
			{"nothing at all", week(-1), nil, week(0), nil},
		} {
			if err := db.PutTopics(t.Context(), "ann|bob", c.put, c.now); err != nil {
				t.Fatalf("%s: PutTopics: %v", c.name, err)
			}
			topics, err := db.Topics(t.Context(), "ann|bob", c.at)
			if err != nil {
				t.Fatalf("%s: Topics: %v", c.name, err)
			}
			var got []string
			for _, topic := range topics {
				got = append(got, topic.Person+" "+topic.Text)
				if c.name == "the meeting moved" && !topic.SeenAt.Equal(week(-2)) {
					t.Errorf("%s: first seen %v, want %v", c.name, topic.SeenAt, week(-2))
				}
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
		if err := db.PutTopics(t.Context(), "ann|carl", []Topic{one("x", 0)}, week(-1)); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Topics(t.Context(), "ann|bob", week(0)); err != nil || len(got) > 0 {
			t.Errorf("another pair's topics are shown: %v, %v", got, err)
		}
	})
}
