package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// check reports what does not fit together or is out of bounds. It says nothing
// about a value that is wrong in itself already.
func check(r *report, tree *value, cfg *Config) {
	c := checker{report: r, accountOf: make(map[string]string), owner: make(map[string]*value), described: make(map[string]*value)}
	c.accounts(tree.key("accounts"), cfg.Accounts)
	c.people(tree.key("people"), cfg.People)
	c.moves(tree.key("moves"), cfg.Moves)
	c.cadence(tree.key("cadence"), cfg.Cadence)
	c.suggestions(tree.key("suggestions"), cfg.Suggestions)
	c.agenda(tree.key("agenda"), cfg)
	c.push(tree.key("push"), cfg.Push)
	c.duration(tree.key("poll"), cfg.Poll, time.Second, day)
	if v := tree.key("mail"); v.ok() {
		c.required(v, "smtp", "name the mail server, such as smtp.example.org:587")
		c.required(v, "from", "name the sender's address, such as ann@example.org")
		c.required(v, "credential", credentialHint)
	}
}

const credentialHint = "name the file in the credentials directory that holds the password, such as credential: ann"

type checker struct {
	*report
	accountOf map[string]string // the account that has an address
	owner     map[string]*value // where an address of an account stands
	described map[string]*value // where an address of people stands
}

func (c *checker) accounts(v *value, accounts []Account) {
	if v.state == wrong {
		return
	}
	if len(accounts) == 0 {
		// An empty list is there, and the place to say it.
		c.wrong(v, problem{"there is no account", "the service needs at least one; configs/oneonone.yaml is an example"})
		return
	}
	names := make(map[string]*value)
	for i, item := range v.items {
		if !item.ok() {
			continue
		}
		a := accounts[i]
		c.required(item, "name", "give the account a name of its own, such as ann")
		if name := item.key("name"); name.ok() {
			key := strings.ToLower(a.Name)
			if first, taken := names[key]; taken {
				c.wrong(name, problem{
					fmt.Sprintf("the account in line %d has the name %s already", first.line, quote(a.Name)),
					"give each account a name of its own; upper and lower case are the same",
				})
			} else {
				names[key] = name
			}
		}
		c.required(item, "provider", "write provider: caldav or provider: google")
		c.required(item, "credential", credentialHint)
		if item.key("provider").ok() {
			switch a.Provider {
			case CalDAV:
				c.caldav(item, a)
			case Google:
				c.useless(item, "which accounts of provider google do not have", "url", "username", "insecure", "ca")
			}
		}
		c.owns(item, a.Addresses, c.owner)
		for _, address := range a.Addresses {
			c.accountOf[address] = a.Name
		}
		c.unique(item.key("calendars"), a.Calendars)
	}
}

func (c *checker) caldav(v *value, a Account) {
	c.required(v, "url", "name the server, such as https://dav.example.org/")
	c.required(v, "username", "name the user to sign in as")
	c.useless(v, "which accounts of provider caldav do not have", "subject", "meet")
	if name := v.key("username"); name.ok() && strings.Contains(a.Username, ":") {
		// RFC 7617 section 2: the first colon ends the user's name.
		c.wrong(name, problem{"the name has a colon in it, with which nobody can sign in", "the password does not stand here: credential names the file that holds it"})
	}
	u, insecure := v.key("url"), v.key("insecure")
	if !u.ok() || insecure.state == wrong {
		return
	}
	switch {
	case a.URL.Scheme == "http" && !a.Insecure && !loopback(a.URL.Hostname()):
		c.wrong(u, problem{
			fmt.Sprintf("the password would cross the network to %s in the clear", a.URL.Hostname()),
			"write https://, or insecure: true if the network between is yours alone",
		})
	case a.URL.Scheme == "https" && a.Insecure:
		c.wrong(insecure, problem{
			"this allows http, but the url is https",
			"remove it; to trust a certificate of your own, name its authority's file under ca",
		})
	}
}

func (c *checker) people(v *value, people []Person) {
	for i, item := range v.items {
		if item.ok() {
			c.owns(item, people[i].Addresses, c.described)
			c.holder(item, people[i].Addresses)
			c.duration(item.key("every"), people[i].Every, day, 104*week)
		}
	}
}

// holder checks an entry of people that describes somebody who has an account:
// it may say who that is, but when the person works stands with the account.
func (c *checker) holder(item *value, addresses []string) {
	account := ""
	for i, address := range addresses {
		name, ok := c.accountOf[address]
		switch {
		case !ok:
		case account != "" && account != name:
			c.wrong(item.key("addresses").items[i], problem{
				fmt.Sprintf("%s belongs to the account %s, the one before it to %s", quote(address), quote(name), quote(account)),
				"describe each person in an entry of its own",
			})
		default:
			account = name
		}
	}
	if account != "" {
		c.useless(item, "that stands with the account "+quote(account)+" of this person", "time_zone", "working_hours")
	}
}

// owns checks the addresses of an account or a person. seen is where the
// addresses of the same sort stand; an entry of people may name those of an
// account, to say more about its person.
func (c *checker) owns(owner *value, addresses []string, seen map[string]*value) {
	v := owner.key("addresses")
	const hint = "list all addresses of this person, such as addresses: [ann@example.org]"
	switch {
	case v.state == absent:
		c.missing(v, hint)
	case v.ok() && len(v.items) == 0:
		c.wrong(v, problem{"the list is empty", hint})
	}
	for i, item := range v.items {
		if !item.ok() {
			continue
		}
		first, taken := seen[addresses[i]]
		if !taken {
			seen[addresses[i]] = item
			continue
		}
		c.wrong(item, problem{
			fmt.Sprintf("%s stands in line %d already", quote(addresses[i]), first.line),
			"an address belongs to one account, and to one entry of people; upper and lower case are the same",
		})
	}
}

func (c *checker) moves(v *value, m Moves) {
	for _, x := range []struct {
		v        *value
		d        time.Duration
		min, max time.Duration
	}{
		{v.key("notice"), m.Notice, 0, 30 * day},
		{v.key("settle"), m.Settle, 0, 7 * day},
		{v.key("horizon"), m.Horizon, day, 180 * day},
		{v.key("breathing_room").key("before"), m.Before, 0, 4 * time.Hour},
		{v.key("breathing_room").key("after"), m.After, 0, 4 * time.Hour},
		{v.key("shortest"), m.Shortest, 5 * time.Minute, 4 * time.Hour},
		{v.key("spacing"), m.Spacing, 0, 30 * day},
		{v.key("max_gap"), m.MaxGap, day, 365 * day},
		{v.key("ask_within"), m.AskWithin, 0, 30 * day},
	} {
		c.duration(x.v, x.d, x.min, x.max)
	}
	grids := []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, time.Hour}
	if grid := v.key("grid"); grid.ok() && !slices.Contains(grids, m.Grid) {
		c.wrong(grid, problem{
			fmt.Sprintf("%s does not divide an hour into handy parts", formatDuration(m.Grid)),
			"values here are: 5m, 10m, 15m, 20m, 30m, 1h",
		})
	}
	c.number(v.key("per_occurrence"), m.PerOccurrence, 0, 1000)
	c.number(v.key("per_series"), m.PerSeries, 0, 1000)
	c.number(v.key("max_changes_per_pass"), m.MaxChangesPerPass, 1, 1000)
	c.ordered(v.key("notice"), m.Notice, v.key("horizon"), m.Horizon,
		"no meeting could be moved: nothing is looked at beyond the horizon")
}

func (c *checker) cadence(v *value, x Cadence) {
	c.duration(v.key("short"), x.Short, time.Minute, day)
	c.duration(v.key("long"), x.Long, time.Minute, day)
	c.number(v.key("streak"), x.Streak, 1, 100)
	c.number(v.key("window"), x.Window, 1, 100)
	c.ordered(v.key("short"), x.Short, v.key("long"), x.Long,
		"a meeting would be too short and too long at once")
}

// suggestions checks that nobody is taken for the one who suggests: a server
// could otherwise make a suggestion that person's own event, or send it answers.
func (c *checker) suggestions(v *value, s Suggestions) {
	organizer := v.key("organizer")
	if !organizer.ok() {
		return
	}
	for _, seen := range []map[string]*value{c.owner, c.described} {
		if first, taken := seen[s.Organizer]; taken {
			c.wrong(organizer, problem{
				fmt.Sprintf("%s belongs to the person in line %d", quote(s.Organizer), first.line),
				"name an address that nobody has; nothing is sent to it",
			})
			return
		}
	}
}

func (c *checker) agenda(v *value, cfg *Config) {
	kind, u := v.key("kind"), v.key("url")
	if v.state == wrong || kind.state == wrong {
		return
	}
	onGoogle := func(a Account) bool { return a.Provider == Google }
	if cfg.servesPages() && u.state == absent && cfg.Agenda.URL == nil {
		c.missing(u, fmt.Sprintf("say by which address people reach the pages: listen: %s does not tell it", cfg.Listen))
	}
	switch cfg.Agenda.Kind {
	case AgendaBuiltin:
	case AgendaWebDAV:
		c.required(v, "url", "name the folder, such as https://dav.example.org/files/agendas/")
		if u.ok() && cfg.Agenda.URL.Scheme == "http" && !loopback(cfg.Agenda.URL.Hostname()) {
			c.wrong(u, problem{
				fmt.Sprintf("the password would cross the network to %s in the clear", cfg.Agenda.URL.Hostname()),
				"write https://",
			})
		}
	case AgendaGoogle:
		if len(cfg.Accounts) > 0 && !slices.ContainsFunc(cfg.Accounts, onGoogle) {
			c.wrong(kind, problem{"no account is on Google, where the documents are kept", "use builtin"})
		} else if !cfg.servesPages() {
			c.useless(v, "which kind: google has only where an account is not on Google", "url")
		}
	case AgendaNone:
		c.useless(v, fmt.Sprintf("which kind: %s does not have", cfg.Agenda.Kind), "url")
	}
}

func (c *checker) push(v *value, p Push) {
	if v.ok() {
		c.required(v, "url", "name the public address that leads to listen, such as https://calendar.example.org")
	}
	switch u := v.key("url"); {
	case !u.ok():
	case p.URL.Scheme != "https":
		c.wrong(u, problem{"Google tells of changes over https only", "write https://, and let a proxy with a certificate that everybody trusts pass it on to listen"})
	case loopback(p.URL.Hostname()):
		c.wrong(u, problem{fmt.Sprintf("nobody but this machine can reach %s", p.URL.Hostname()), "name the public address of a proxy that passes it on to listen"})
	}
}

// required reports a key that is missing in v.
func (c *checker) required(v *value, name, hint string) {
	if k := v.key(name); k.state == absent {
		c.missing(k, hint)
	}
}

func (c *checker) missing(v *value, hint string) {
	c.wrong(v, problem{"this key is missing", hint})
}

// useless reports keys that mean nothing in v, for the reason why.
func (c *checker) useless(v *value, why string, names ...string) {
	for _, name := range names {
		if k := v.key(name); k.ok() {
			c.wrong(k, problem{"this is a key " + why, "remove it"})
		}
	}
}

// unique reports texts that a list has twice.
func (c *checker) unique(v *value, texts []string) {
	first := make(map[string]*value)
	for i, item := range v.items {
		if !item.ok() {
			continue
		}
		if twin, twice := first[texts[i]]; twice {
			c.wrong(item, problem{fmt.Sprintf("%s stands in line %d already", quote(texts[i]), twin.line), "keep one of the two"})
			continue
		}
		first[texts[i]] = item
	}
}

// duration reports a duration out of bounds.
func (c *checker) duration(v *value, d, least, most time.Duration) {
	if v.ok() && (d < least || d > most) {
		c.wrong(v, problemf("%s is out of bounds: it has to be from %s to %s",
			formatDuration(d), formatDuration(least), formatDuration(most)))
	}
}

// number reports a number out of bounds.
func (c *checker) number(v *value, n, least, most int) {
	if v.ok() && (n < least || n > most) {
		c.wrong(v, problemf("%d is out of bounds: it has to be from %d to %d", n, least, most))
	}
}

// ordered reports a first duration that is not shorter than the second one, at
// the one that is in the file.
func (c *checker) ordered(first *value, d1 time.Duration, second *value, d2 time.Duration, why string) {
	if first.state == wrong || second.state == wrong || d1 < d2 {
		return
	}
	if first.state == given {
		c.wrong(first, problem{fmt.Sprintf("%s is not shorter than %s (%s)", formatDuration(d1), second.path, formatDuration(d2)), why})
		return
	}
	c.wrong(second, problem{fmt.Sprintf("%s is not longer than %s (%s)", formatDuration(d2), first.path, formatDuration(d1)), why})
}
