package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Press is what a person pressed on an agenda page.
type Press struct {
	// Meeting is the start of the meeting that the page was about when it was loaded.
	Meeting time.Time
	// Mistake takes back what was noted; else the meeting is over now.
	Mistake bool
}

// maxForm is more than the forms of a page ever send.
const maxForm = 1 << 10

// press takes what was pressed on a page and sends the browser back to it, so
// that loading it again presses nothing. The link in the address is all the
// right that anybody needs; other pages on the web do not know it, and are
// refused all the same.
func (h *handler) press(w http.ResponseWriter, r *http.Request) {
	var origins http.CrossOriginProtection
	if err := origins.Check(r); err != nil {
		show(w, http.StatusForbidden, elsewhere)
		return
	}
	p, status := readPress(w, r)
	if status != http.StatusOK {
		show(w, status, notUnderstood)
		return
	}
	var often, applies bool
	found := h.find(w, r, func(token string) (found bool, err error) {
		if often = !h.presses.ofPage(token).Allow(); often {
			return true, nil
		}
		found, applies, err = h.Press(r.Context(), token, p)
		return found, err
	})
	switch {
	case !found:
	case often:
		w.Header().Set("Retry-After", "60")
		show(w, http.StatusTooManyRequests, tooOften)
	case !applies:
		show(w, http.StatusConflict, tooLate)
	default:
		// Relative, because a proxy may have the pages under another path.
		w.Header().Set("Location", r.PathValue("token")+"#done")
		w.WriteHeader(http.StatusSeeOther)
	}
}

// readPress reads the form; the status is 200 when it is one of ours.
func readPress(w http.ResponseWriter, r *http.Request) (p Press, status int) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	var tooLong *http.MaxBytesError
	switch err := r.ParseForm(); {
	case errors.As(err, &tooLong):
		return Press{}, http.StatusRequestEntityTooLarge
	case err != nil:
		return Press{}, http.StatusBadRequest
	}
	meeting, err := strconv.ParseInt(r.PostForm.Get("meeting"), 10, 64)
	if err != nil {
		return Press{}, http.StatusBadRequest
	}
	p.Meeting = time.Unix(meeting, 0).UTC()
	switch r.PostForm.Get("say") {
	case "done":
	case "mistake":
		p.Mistake = true
	default:
		return Press{}, http.StatusBadRequest
	}
	return p, http.StatusOK
}
