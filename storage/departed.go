package storage

import (
	"bytes"
	"errors"
	"time"
)

// departedKept is how long the record of a source stays that nobody fetches any more and
// of whose items nothing is known.
const departedKept = graveKept

// clearDeparted forgets sources that were removed from the configuration long ago, and
// what remains of rests that are over. A source stays as long as anything in "seen" or
// "retries" bears its number: articles that it lists name it by that, and should it come
// back, its items are known. So none comes back as new that would not have without its
// record, and what is lost is when it was fetched last.
func (t *tables) clearDeparted() error {
	var departed []*sourceRecord
	err := t.eachSource(func(r *sourceRecord) {
		last := r.LastFetch
		for _, at := range []time.Time{r.LastSuccess, r.Read, r.Due, r.Gone} {
			if at.After(last) {
				last = at
			}
		}
		if t.time.Sub(last) > departedKept && !t.named(t.seen, r.Number) && !t.named(t.retries, r.Number) {
			departed = append(departed, r)
		}
	})
	if err != nil {
		return err
	}
	errs := []error{t.forgetRests()}
	for _, r := range departed {
		errs = append(errs, t.sourceRecords.Delete([]byte(r.Name)), t.fetched.Delete(ofSource(r.Number)), t.meta.Delete(printsKey(r.Name)), t.health.Delete(holdsKey(r.Name)))
	}
	return errors.Join(errs...)
}

// named tells whether a key of a table begins with the number of a source.
func (t *tables) named(in Table, source uint32) bool {
	k, _ := in.Cursor().Seek(ofSource(source))
	return bytes.HasPrefix(k, ofSource(source))
}
