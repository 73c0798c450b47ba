package agenda

// advice is how to talk with each other, for those who open it.
func advice() []Advice {
	return []Advice{
		{
			Heading: "Listen to the end",
			Text: "Let the other finish, and wait one breath longer: often there is more. Notice how it is said too; " +
				"where the mood changes there is something worth asking about. Notifications off, a place where nobody interrupts.",
		},
		{
			Heading: "Ask open questions",
			Text:    "Begin with what, how or when. A question that can be answered with yes or no ends there.",
			Quotes:  []string{"What else is important in this?", "How did that come about?", "What would you like to happen?"},
		},
		{
			Heading: "Speak for yourself",
			Text:    "Say what you saw, what it did to you and why it matters to you, then ask. It leaves the other room to answer instead of defending.",
		},
		{
			Heading: "Make sure you understood",
			Text:    "Say it back in your own words before you answer it.",
			Quotes:  []string{"If I got it right, … Is that so?", "I hear that … matters to you. What could make it better?"},
		},
		{
			Heading: "Make an offer or a proposal",
			Text:    "Name the step, the reason and the gain, and leave room for a no.",
			Quotes: []string{
				"I can do … by … Would that help?",
				"I suggest …, because … It would bring us … What speaks against it?",
				"I think … would be worth learning for you, because … How could we make room for it?",
			},
		},
		{
			Heading: "Admit what you do not know",
			Text:    "Nobody has an answer to everything. Saying “I do not know yet” or “I got that wrong” makes it easier for the other to do the same.",
		},
	}
}
