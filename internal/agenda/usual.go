package agenda

// usualMeeting is every meeting but the first, in the guides' order.
func usualMeeting(c cast, m Meeting) []Section {
	s := []Section{opening(c, m)}
	if q := iceBreaker(m.Number); q != "" && c.bond != friends {
		s = append(s, Section{
			Heading: "A question to warm up",
			Lead:    q,
			Hint:    "Both answer. Passing is fine.",
		})
	}
	return append(s,
		firstTopics(c),
		agreements(c),
		secondTopics(c),
		decisions(c),
		blockers(c),
		feedback(c),
		privateNews(c),
		outcome(c),
	)
}

func opening(c cast, m Meeting) Section {
	s := Section{
		Heading: "How is your week going?",
		Lead:    "Ask because you want to know, and take the time for a real answer. Both answer.",
		Prompts: []string{"What was good, and what was hard?", "How do you feel about the work: energy, pace, amount?"},
		Hint:    "A word about the big projects is enough here. Came unprepared? Say so now; it happens.",
		Lines:   2,
	}
	long := !m.Previous.IsZero() && m.Start.Sub(m.Previous) >= rare
	if long || c.bond == friends {
		s.Heading = "What’s new since our last meeting?"
	}
	switch c.bond {
	case leading:
		s.Prompts = append(s.Prompts, "Is it getting better or worse? When is the next real holiday?")
	case friends:
		s.Lead = "Start with the person: how are things, really?"
		s.Prompts = []string{"What has changed: home, work, health, plans?", "How did the things from last time turn out?"}
		s.Hint = ""
	case colleagues, peers, mentoring:
	}
	return s
}

// iceBreaker returns a question for each of the first few meetings after the
// very first one, and "" for all others.
func iceBreaker(number int) string {
	questions := []string{
		"Which small thing makes a working day better for you?",
		"What did you learn lately that surprised you, at work or anywhere else?",
		"Who taught you something that you still use, and what was it?",
		"What did you do before this job that helps you in it today?",
		"What could you explain for half an hour without any preparation?",
		"Which place would you show a visitor first, where you live now or where you grew up?",
	}
	if number < 2 || number-2 >= len(questions) {
		return ""
	}
	return questions[number-2]
}

func firstTopics(c cast) Section {
	s := Section{
		Heading: of(c.first) + " topics",
		Lead:    c.first + " begins, and decides what comes first.",
		Brought: brought(c.first, c.firstBrought),
		Boxes:   true,
		Hint:    "If " + c.second + " has something that cannot wait, now is the moment to say that it needs time at the end.",
		Lines:   5,
	}
	switch c.bond {
	case leading:
		s.Prompts = []string{
			"What matters most right now?",
			"Which finished work should be seen?",
			"What is too much, what is missing, what would help?",
			"What comes next: something to learn, to try, to take over?",
			"Questions about where the team and the company are going",
		}
	case mentoring:
		s.Prompts = []string{
			"What was tried since last time, and what came of it?",
			"Which situation is worth thinking through together?",
			"Where should things stand in half a year?",
		}
	case friends:
		s.Prompts = []string{"What has been saved up for today?", "A question, a plan, a worry, good news"}
		s.Hint = ""
	case peers:
		s.Prompts = peerPrompts()
	case colleagues:
		s.Prompts = []string{"What matters most right now?", "What has come up since last time: ideas, concerns, plans, wishes?"}
	}
	return s
}

func secondTopics(c cast) Section {
	s := Section{
		Heading: of(c.second) + " topics",
		Brought: brought(c.second, c.secondBrought),
		Boxes:   true,
		Prompts: []string{"What matters most right now?", "What has come up since last time: ideas, concerns, plans, wishes?"},
		Lines:   4,
	}
	switch c.bond {
	case leading:
		s.Prompts = []string{
			"Which few goals count most until next time, and why these?",
			"Measured against expectations: what goes well, and what should change?",
			"Something to hand over, together with what it takes to learn it",
		}
	case mentoring:
		s.Prompts = []string{
			"An observation that may help, and an experience if it is asked for",
			"Somebody to meet, something to read, something to try",
		}
	case friends:
		s.Prompts = []string{"What has been saved up for today?", "A question, a plan, a worry, good news"}
	case peers:
		s.Prompts = peerPrompts()
	case colleagues:
	}
	return s
}

func peerPrompts() []string {
	return []string{
		"Where does our work meet, and where could it collide?",
		"Who covers what while one of us is away?",
		"What is worth a second opinion?",
	}
}

func agreements(c cast) Section {
	if c.bond == friends {
		return Section{Heading: headingAgreed, Prompts: []string{"Who promised what, and how did it turn out?"}, Lines: 2}
	}
	return Section{
		Heading: headingAgreed,
		Lead:    "Go through the promises of last time, one by one.",
		Prompts: []string{"Done, under way, or stuck?", "If it is stuck: a new date, help, or let it go?", "Is there a topic left over from last time?"},
		Hint:    "It is fine to say that something was forgotten or went wrong.",
		Lines:   3,
	}
}

func decisions(c cast) Section {
	if c.bond == friends {
		return Section{Heading: "Anything to decide together?", Prompts: []string{"A date, a trip, a present, a plan"}, Lines: 1}
	}
	return Section{
		Heading: "What still needs a decision?",
		Prompts: []string{"Which questions of today are still open?", "Who decides, and by when?"},
		Lines:   1,
	}
}

func blockers(c cast) Section {
	if c.bond == friends {
		return Section{Heading: "Can one of us help?", Prompts: []string{"What is difficult at the moment?"}, Lines: 1}
	}
	return Section{
		Heading: "Is anything still in the way?",
		Prompts: []string{"What holds one of us up, and who could clear it?"},
		Hint:    "Whatever blocks somebody is better told on the day it appears than kept for this meeting.",
		Lines:   1,
	}
}

func feedback(c cast) Section {
	s := Section{
		Heading: "Feedback, both ways",
		Lead:    "What did you appreciate, what made things harder, and why? One thing said well is enough.",
		Steps: []Step{
			{"Fact", "“On Tuesday I saw that the release went out without a second pair of eyes …”"},
			{"Feeling", "“… that worried me …”"},
			{"Reason", "“… because we had agreed on reviews, so that nobody has to repair things at night.”"},
			{"Question", "“How did it look from your side?”"},
		},
		Hint:  "Speak of what somebody did, never of how somebody is. Praise works the same way.",
		Lines: 2,
	}
	if c.bond == friends {
		s.Heading = "Between the two of us"
		s.Lead = "Is there something you are glad about, or something that should be said?"
		s.Steps = nil
		s.Hint = ""
		s.Lines = 1
	}
	return s
}

func privateNews(c cast) Section {
	s := Section{
		Heading: "News that stays between us",
		Prompts: []string{"What is private, or not public yet, and good for the other to know?"},
		Hint:    "General news is better written where everybody can read it.",
		Lines:   1,
	}
	if c.bond == friends {
		s.Hint = ""
	}
	return s
}

func outcome(c cast) Section {
	if c.bond == friends {
		return Section{
			Heading: headingOutcome,
			Prompts: []string{"What did we promise each other?", "When do we see each other again?"},
			Boxes:   true,
			Lines:   3,
		}
	}
	return Section{
		Heading: headingOutcome,
		Prompts: []string{
			"What did we agree on?",
			"Who does what, by when?",
			"When is the next meeting?",
		},
		Boxes: true,
		Hint:  "Read it out to each other. Does it fit with all the other work? Some of it may well be for next month.",
		Lines: 5,
	}
}
