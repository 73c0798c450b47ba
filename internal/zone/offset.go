package zone

import (
	"fmt"
	"strings"
)

// ParseOffset reads a UTC offset (RFC 5545 §3.3.14: "+0100", "-073000") and
// returns it in seconds. It also takes what is common without being right: no
// sign, a colon ("+01:00"), an hour alone ("+01"), and minutes and seconds where
// hours cannot be meant ("+5730" for "+005730").
func ParseOffset(s string) (int, error) {
	text := strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	sign := 1
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Errorf("%q is no offset from UTC", shorten(s))
	}
	if len(digits) == 4 && digits[:2] >= "24" {
		digits = "00" + digits
	}
	switch len(digits) {
	case 2, 4:
		digits += "0000"[:6-len(digits)]
	case 6:
	default:
		return 0, fmt.Errorf("%q is no offset from UTC", shorten(s))
	}
	two := func(i int) int { return int(digits[i]-'0')*10 + int(digits[i+1]-'0') }
	hours, minutes, seconds := two(0), two(2), two(4)
	if hours > 23 || minutes > 59 || seconds > 59 {
		return 0, fmt.Errorf("%q is no offset from UTC", shorten(s))
	}
	return sign * (hours*3600 + minutes*60 + seconds), nil
}
