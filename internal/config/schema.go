package config

import "slices"

// kind is the YAML kind that a part of the file has to be.
type kind int

const (
	scalar kind = iota
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"a single value", "a list", "a group of keys"}[k]
}

// shape is the form that a part of the file has to have.
type shape struct {
	kind kind
	item *shape // of a list
	keys []key  // of a mapping, in the order of the documentation
}

type key struct {
	name string
	*shape
}

// key returns the shape under name.
func (s *shape) key(name string) (*shape, bool) {
	i := slices.IndexFunc(s.keys, func(k key) bool { return k.name == name })
	if i < 0 {
		return nil, false
	}
	return s.keys[i].shape, true
}

// names returns the names of all keys.
func (s *shape) names() []string {
	out := make([]string, len(s.keys))
	for i, k := range s.keys {
		out[i] = k.name
	}
	return out
}

// parents returns the groups below s that have a key of this name, each by the
// names of the keys that lead to it.
func (s *shape) parents(name string) []string {
	var out []string
	for _, k := range s.keys {
		below := k.shape
		if below.kind == list {
			below = below.item
		}
		if _, ok := below.key(name); ok {
			out = append(out, k.name)
		}
		for _, deeper := range below.parents(name) {
			out = append(out, k.name+"."+deeper)
		}
	}
	return out
}

var (
	text  = &shape{kind: scalar}
	texts = &shape{kind: list, item: text}
)

func group(keys ...key) *shape  { return &shape{kind: mapping, keys: keys} }
func listOf(item *shape) *shape { return &shape{kind: list, item: item} }

// schema is the shape of the whole file, and the list of all keys there are.
var schema = group(
	key{"mode", text},
	key{"accounts", listOf(group(
		key{"name", text},
		key{"provider", text},
		key{"url", text},
		key{"username", text},
		key{"credential", text},
		key{"subject", text},
		key{"meet", text},
		key{"addresses", texts},
		key{"time_zone", text},
		key{"working_hours", text},
		key{"calendars", texts},
		key{"insecure", text},
		key{"ca", text},
	))},
	key{"people", listOf(group(
		key{"addresses", texts},
		key{"name", text},
		key{"time_zone", text},
		key{"working_hours", text},
		key{"relation", text},
		key{"onboarding", text},
		key{"every", text},
		key{"tags", texts},
	))},
	key{"moves", group(
		key{"notice", text},
		key{"settle", text},
		key{"horizon", text},
		key{"grid", text},
		key{"breathing_room", group(
			key{"before", text},
			key{"after", text},
		)},
		key{"shortest", text},
		key{"spacing", text},
		key{"max_gap", text},
		key{"per_occurrence", text},
		key{"per_series", text},
		key{"ask_within", text},
		key{"max_changes_per_pass", text},
		key{"notify_guests", text},
	)},
	key{"cadence", group(
		key{"short", text},
		key{"streak", text},
		key{"window", text},
		key{"long", text},
	)},
	key{"suggestions", group(
		key{"organizer", text},
		key{"weekly_status", text},
	)},
	key{"agenda", group(
		key{"kind", text},
		key{"url", text},
	)},
	key{"poll", text},
	key{"store", text},
	key{"listen", text},
	key{"push", group(
		key{"url", text},
	)},
	key{"mail", group(
		key{"smtp", text},
		key{"from", text},
		key{"credential", text},
	)},
	key{"log", group(
		key{"level", text},
		key{"format", text},
	)},
	key{"ignore_titles", texts},
	key{"away_titles", texts},
	key{"away_not_titles", texts},
)
