package agenda

// firstMeeting is the page of the pair's first meeting, which is about the
// meeting itself.
func firstMeeting(c cast) []Section {
	return []Section{
		{
			Heading: "What is said here stays here",
			Lead:    "Promise it to each other before anything else, and say where the promise ends.",
			Prompts: []string{
				"What may be told to others, and only after asking?",
				"Is there anything that one of us would have to pass on, such as danger to somebody?",
				"Who writes the notes, and where?",
			},
			Lines: 2,
		},
		purpose(c),
		expectations(c),
		{
			Heading: "How often, how long, where?",
			Lead:    "Weekly with 45 minutes or every two weeks with 60 is a good start. Change it when it no longer fits.",
			Prompts: []string{
				"Which day and hour is least likely to be taken by something else?",
				"Where can we talk without being overheard or disturbed?",
				"When can we meet in person?",
			},
			Hint:  "Rather move it than cancel it, and rather ten minutes than none.",
			Lines: 2,
		},
		{
			Heading: "Getting to know each other",
			Lead:    "Both answer. Pick the questions you like; the others can wait.",
			Prompts: acquaintance(c),
			Lines:   5,
		},
		firstWord(c),
		outcome(c),
	}
}

func purpose(c cast) Section {
	s := Section{
		Heading: "What is this meeting for?",
		Lead:    "It is time for the two of you and what matters to you: plans, problems, promises, feedback. It is not a report on projects.",
		Prompts: []string{
			"What were meetings like this one for you until now: useful, awkward, a waste of time?",
			"What should be different in half a year because we met?",
			"What do we collect for this meeting, and what do we tell each other at once?",
		},
		Hint:  "Doubts are welcome. They are easier to deal with when they are said.",
		Lines: 3,
	}
	if c.bond == mentoring {
		s.Lead = "It is time for what " + c.first + " wants to learn and decide. " + c.second + " helps to think, and does not decide."
	}
	return s
}

func expectations(c cast) Section {
	s := Section{
		Heading: "What do we expect of each other?",
		Prompts: []string{
			"What does " + c.first + " hope to get from " + c.second + "?",
			"What does " + c.second + " hope to get from " + c.first + "?",
			"What would make each of us call this meeting a good one?",
		},
		Lines: 4,
	}
	switch c.bond {
	case leading:
		s.Prompts = append(s.Prompts, "What does good work look like in this role, and how will both of us notice it?")
		s.Hint = "The agenda is " + of(c.first) + " first: topics are best written down as they come up."
	case mentoring:
		s.Prompts = append(s.Prompts, "What has to happen before each meeting, and what after it?")
	case peers:
		s.Prompts = append(s.Prompts, "Where do our teams depend on each other?")
	case colleagues, friends:
	}
	return s
}

func acquaintance(c cast) []string {
	q := []string{
		"What does a really good working day look like, and what spoils one?",
		"If something is wrong, how would I notice, and what should I do then?",
		"Criticism: straight away or after a night’s sleep, spoken or in writing?",
		"Which thank-you do you still remember?",
		"At which hours and in which places do you work best?",
	}
	switch c.bond {
	case leading:
		return append(q, "What would you like to be better at a year from now?", "What did earlier managers do that should go on, or stop?")
	case mentoring:
		return append(q, "Which decision in your working life taught you most?")
	case colleagues, peers, friends:
	}
	return append(q, "What are you working on that few people know about?")
}

func firstWord(c cast) Section {
	return Section{
		Heading: "If there is time: " + of(c.first) + " first topics, then " + of(c.second),
		Brought: append(brought(c.first, c.firstBrought), brought(c.second, c.secondBrought)...),
		Boxes:   true,
		Prompts: []string{"What is on your mind most right now?"},
		Lines:   3,
	}
}
