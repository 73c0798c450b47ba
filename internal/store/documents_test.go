package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDocuments(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		begun := Document{Pair: "ann|bob", Account: "ann", TriedAt: t0}
		other := Document{Pair: "ann|carl", Account: "ann", ID: "2", Link: "https://docs.example.org/2", LookedAt: t0}
		made := Document{Pair: "ann|bob", Account: "ann", ID: "1", Link: "https://docs.example.org/1", SharedWith: "bob@example.org",
			Section: "20261110T090000Z", Topics: []string{"Holidays", "The plan"}, Unfinished: 2, LookedAt: t0.Add(time.Hour)}
		for _, d := range []Document{other, begun, made} {
			if err := db.PutDocument(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.Documents(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Document{made, other}, got); diff != "" {
			t.Errorf("Documents (-want +got):\n%s", diff)
		}
	})
}
