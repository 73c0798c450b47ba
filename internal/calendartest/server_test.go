package calendartest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRealServers(t *testing.T) {
	for name, launch := range map[string]func(TB) *Server{"radicale": Radicale, "xandikos": Xandikos} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := launch(t)
			for _, user := range []string{"alice", "bob"} {
				a := s.Account(user)
				if !a.Put(t, "x.ics", []byte(event("x-"+user, ""))) {
					t.Fatalf("%s cannot store an event", user)
				}
				s.Restart()
				if _, ok := a.Get(t, "x.ics"); !ok {
					t.Errorf("the event of %s did not survive a restart", user)
				}
			}
			thief := s.Account("bob")
			thief.User, thief.Password = "alice", "alicepw"
			if _, ok := thief.Get(t, "x.ics"); ok {
				t.Error("alice reads bob's calendar")
			}
			own := s.Account("alice")
			objects := Office(5, 15, "alice@example.org")
			s.Fill(t, "alice", objects)
			for _, o := range objects[:3] {
				if got, ok := own.Get(t, o.Name); !ok || uidOf(got) != o.UID {
					t.Errorf("%s is not there after Fill: %q", o.Name, got)
				}
			}
			m := Vdirsyncer(t, own)
			m.Sync()
			if got := len(m.files(t)); got != len(objects)+1 {
				t.Errorf("vdirsyncer found %d objects, want %d", got, len(objects)+1)
			}
			if s.Log() == "" {
				t.Error("the server said nothing")
			}
		})
	}
}

func TestVdirsyncerUsesTheServer(t *testing.T) {
	for name, style := range map[string]Style{"plain": {}, "ctag only": {NoSync: true}, "escaped": {EscapeAll: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newLab(t, style)
			o.dav.Put("alice", "work", "a b@c.ics", []byte(event("one", "")))
			o.dav.Put("alice", "work", "two.ics", []byte(event("two", "LOCATION:\u00c4 \U0001F600\n")))
			m := Vdirsyncer(t, Account{User: "alice", Password: "alicepw", Calendar: o.url + work})
			m.Sync()
			local := m.read(t)
			if len(local) != 2 || local["one"] == "" || !strings.Contains(local["two"], "\U0001F600") {
				t.Fatalf("the mirror holds %q", local)
			}
			// Both sides change: one is moved here, two is deleted there, three is made there.
			o.dav.Change("alice", "work", "a b@c.ics", func(b []byte) []byte {
				return []byte(strings.Replace(string(b), "20261103T090000Z", "20261103T091500Z", 1))
			})
			for uid, file := range m.files(t) {
				if uid == "two" {
					if err := os.Remove(file); err != nil {
						t.Fatal(err)
					}
				}
			}
			write(t, filepath.Join(m.Dir, "three.ics"), []byte(event("three", "")))
			m.Sync()
			if local := m.read(t); len(local) != 2 || !strings.Contains(local["one"], "T091500Z") {
				t.Errorf("after the second sync the mirror holds %q", local)
			}
			all := o.dav.Objects()
			if len(all) != 2 {
				t.Errorf("after the second sync the server holds %d objects, want 2", len(all))
			}
			for path := range all {
				if strings.Contains(path, "two") {
					t.Errorf("%s was not deleted", path)
				}
			}
		})
	}
}

// files returns the files of the mirror by UID.
func (m *Mirror) files(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(m.Dir, "*.ics"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found[uidOf(data)] = name
	}
	return found
}

// read returns the contents of the mirror by UID.
func (m *Mirror) read(t *testing.T) map[string]string {
	t.Helper()
	found := m.files(t)
	for uid, name := range found {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found[uid] = string(data)
	}
	return found
}
