package recur

// walkUnits is walk for HOURLY, MINUTELY and SECONDLY. Like the other
// frequencies they run on the wall clock (RFC 5545 §3.3.10 speaks of the
// "computed local start time"). A day, an hour or a minute that a BY part rules
// out is left in one step.
func (p *plan) walkUnits(from, to int64, m *meter, see visit) error {
	unit, interval := p.unit(), int64(p.rule.Interval)
	within := p.withinUnit()
	if len(within) == 0 {
		return nil
	}
	k := p.periodAt(from)
	left := int64(endless)
	if p.rule.Count > 0 {
		left = int64(p.rule.Count) - 1
		if k > 0 && p.limited() {
			k = 0 // Only a walk can count these; it ends with the budget.
		} else if k > 0 {
			left -= p.countUnits(k, within)
		}
	}
	allowedDay := int64(minInstant)
	for left > 0 {
		if err := m.step(1); err != nil {
			return err
		}
		wall := (p.base + k*interval) * unit
		if wall >= to {
			return nil
		}
		if day := dayOf(wall); day != allowedDay {
			if !p.dayWanted(day) {
				k = p.unitFrom((day + 1) * daySeconds)
				continue
			}
			allowedDay = day
		}
		if next, ok := p.clockWanted(wall); !ok {
			k = max(k+1, p.unitFrom(next))
			continue
		}
		for _, s := range within {
			if !p.offer(wall+int64(s), from, to, &left, see) {
				return nil
			}
		}
		k++
	}
	return nil
}

// withinUnit returns the seconds within each unit. They are the same in all
// units, so BYSETPOS has chosen for all when it has chosen once.
func (p *plan) withinUnit() []int32 {
	within := p.times
	if within == nil {
		within = []int32{int32(p.oneTime)}
	}
	if len(p.rule.bySetPos) == 0 {
		return within
	}
	var chosen []int32
	for _, i := range p.picks(int64(len(within)), nil) {
		chosen = append(chosen, within[i])
	}
	return chosen
}

// limited reports whether some units are left out.
func (p *plan) limited() bool {
	r := &p.rule
	return p.onDays || !p.anyDay || r.byHour != 0 || p.freq >= Minutely && r.byMinute != 0 || p.freq == Secondly && r.bySecond != 0
}

// countUnits returns how many wall clocks after DTSTART the units before the
// k-th have, when none is left out.
func (p *plan) countUnits(k int64, within []int32) int64 {
	n := k * int64(len(within))
	for _, s := range within {
		if p.base*p.unit()+int64(s) <= p.first {
			n--
		}
	}
	return n
}

// unitFrom returns the number of the first period that begins at wall or later.
func (p *plan) unitFrom(wall int64) int64 {
	units := floorDiv(wall+p.unit()-1, p.unit()) - p.base
	interval := int64(p.rule.Interval)
	return max(0, floorDiv(units+interval-1, interval))
}

// clockWanted applies the BY parts that limit the time of day. If one rules the
// unit out, next is the first wall clock that it may allow again.
func (p *plan) clockWanted(wall int64) (next int64, ok bool) {
	r := &p.rule
	second := mod(wall, daySeconds)
	if r.byHour != 0 && r.byHour&(1<<(second/3600)) == 0 {
		return wall - second%3600 + 3600, false
	}
	if p.freq >= Minutely && r.byMinute != 0 && r.byMinute&(1<<(second/60%60)) == 0 {
		return wall - second%60 + 60, false
	}
	if p.freq == Secondly && r.bySecond != 0 && r.bySecond&(1<<(second%60)) == 0 {
		return wall + 1, false
	}
	return 0, true
}
