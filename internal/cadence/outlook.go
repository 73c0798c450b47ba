package cadence

// Outlooks returns by pair key how the rules stand for each pair, for explain.
func Outlooks(f Facts, p Policy) map[string]Outlook {
	out := make(map[string]Outlook, len(f.Pairs))
	for i := range f.Pairs {
		v := viewOf(f.Now, p, &f.Pairs[i])
		out[v.Key] = Outlook{Pair: v.Key, Measured: v.best, Lines: v.lines()}
	}
	return out
}
