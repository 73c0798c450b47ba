package recur

import "slices"

// visit receives the wall clocks of a plan in their order; false ends the walk.
type visit func(wall int64) bool

// walk hands visit the wall clocks of the rule that lie in [from, to) and
// after DTSTART, which is an instance by itself. UNTIL is the caller's part,
// since it may be an instant; COUNT is obeyed.
func (p *plan) walk(from, to int64, m *meter, see visit) error {
	to = min(to, maxDay*daySeconds)
	if from >= to || to <= p.first {
		return nil
	}
	if p.freq > Daily {
		return p.walkUnits(from, to, m, see)
	}
	k := p.periodAt(from)
	left := int64(endless)
	if p.rule.Count > 0 {
		n, err := p.countBefore(k, m)
		if err != nil {
			return err
		}
		left = int64(p.rule.Count) - 1 - n
	}
	var store [64]int64
	buf, cost := store[:0], p.cost()
	for ; left > 0 && p.periodDay(k)*daySeconds < to; k++ {
		if err := m.step(cost); err != nil {
			return err
		}
		buf = p.days(k, buf[:0])
		if len(p.rule.bySetPos) == 0 {
			// Thousands of times a day are work too, even those not asked for.
			if err := m.step(int(int64(len(buf)) * p.timeCount() / 256)); err != nil {
				return err
			}
		}
		if !p.period(buf, from, to, &left, see) {
			break
		}
	}
	return nil
}

// period hands out one period that has these days; false when the walk is over.
func (p *plan) period(days []int64, from, to int64, left *int64, see visit) bool {
	if len(p.rule.bySetPos) > 0 {
		return p.positions(days, from, to, left, see)
	}
	n := p.timeCount()
	for _, d := range days {
		if day := d * daySeconds; day+daySeconds <= from && day > p.first {
			*left -= n // A whole day that counts but is not asked for.
			continue
		}
		for i := range n {
			if !p.offer(d*daySeconds+p.timeAt(i), from, to, left, see) {
				return false
			}
		}
	}
	return true
}

// offer deals with one wall clock of the rule; false when the walk is over.
func (p *plan) offer(wall, from, to int64, left *int64, see visit) bool {
	if wall <= p.first {
		return true
	}
	if *left <= 0 || wall >= to {
		return false
	}
	*left--
	return wall < from || see(wall)
}

// positions is period for rules with BYSETPOS: positions count through the
// whole period, days before DTSTART included.
func (p *plan) positions(days []int64, from, to int64, left *int64, see visit) bool {
	n := p.timeCount()
	var store [16]int64
	for _, i := range p.picks(int64(len(days))*n, store[:0]) {
		if !p.offer(days[i/n]*daySeconds+p.timeAt(i%n), from, to, left, see) {
			return false
		}
	}
	return true
}

// picks returns the indexes that BYSETPOS chooses of total, sorted.
func (p *plan) picks(total int64, buf []int64) []int64 {
	for _, pos := range p.rule.bySetPos {
		i := int64(pos) - 1
		if pos < 0 {
			i = total + int64(pos)
		}
		if i >= 0 && i < total {
			buf = append(buf, i)
		}
	}
	slices.Sort(buf)
	return slices.Compact(buf)
}

// countBefore returns how many wall clocks after DTSTART the periods before
// period k have, or some number not less than COUNT.
func (p *plan) countBefore(k int64, m *meter) (int64, error) {
	var store [64]int64
	buf, cost, limit := store[:0], p.cost(), int64(p.rule.Count)
	count := func(from, to int64) (n int64, err error) {
		for i := from; i < to && n < limit; i++ {
			if err := m.step(cost); err != nil {
				return 0, err
			}
			buf = p.days(i, buf[:0])
			if i > 0 {
				n += p.sizeOf(int64(len(buf)))
				continue
			}
			left := int64(endless)
			p.period(buf, endless, endless, &left, func(int64) bool { return true })
			n += endless - left
		}
		return n, nil
	}
	n, err := count(0, min(k, 1))
	if err != nil || k <= 1 {
		return n, err
	}
	from := int64(1)
	if cycle := p.cycle(); cycle > 0 && k-1 > cycle {
		each, err := count(1, 1+cycle)
		if err != nil {
			return 0, err
		}
		times := (k - 1) / cycle
		if each > 0 && times > (limit-n)/each {
			return limit, nil
		}
		n += each * times
		from += cycle * times
	}
	rest, err := count(from, k)
	return n + rest, err
}

// sizeOf returns how many wall clocks a period with so many days has.
func (p *plan) sizeOf(days int64) int64 {
	total := days * p.timeCount()
	if len(p.rule.bySetPos) == 0 {
		return total
	}
	var store [16]int64
	return int64(len(p.picks(total, store[:0])))
}
