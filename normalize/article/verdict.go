package article

import "slices"

// Verdict tells how the body of an article was chosen: what was looked at, what
// each was worth, which won and why the others did not.
type Verdict struct {
	// From is the winner: "feed", "rule", "json-ld" or "readability"; empty for
	// an article without a body.
	From string `yaml:"from,omitempty"`
	// Refused is what came in place of the article's page; nothing was taken
	// from it. Empty for an article's page, and where none was fetched.
	Refused Refusal `yaml:"refused,omitempty"`
	// Failed is why the page could not be fetched or read; empty where it was, or was
	// not asked for.
	Failed string `yaml:"failed,omitempty"`
	// Candidates are all that were looked at, in that order.
	Candidates []Candidate `yaml:"candidates,omitempty"`
}

// Candidate is a body that an article could have had.
type Candidate struct {
	From  string `yaml:"from"`
	Score int    `yaml:"score,omitempty"` // how much there is to read
	Why   string `yaml:"why,omitempty"`   // why it did not win; empty for the winner
}

// Score is that of the winner.
func (v Verdict) Score() int {
	for _, c := range v.Candidates {
		if c.From == v.From {
			return c.Score
		}
	}
	return 0
}

// Equal tells whether two verdicts say the same.
func (v Verdict) Equal(o Verdict) bool {
	return v.From == o.From && v.Refused == o.Refused && v.Failed == o.Failed && slices.Equal(v.Candidates, o.Candidates)
}

// Refusal is what a page is that came in place of an article's.
type Refusal string

// The kinds of page that never become an article's content.
const (
	Blocked   Refusal = "blocked"   // access denied, too many requests
	Challenge Refusal = "challenge" // are you human
	Paywall   Refusal = "paywall"   // for subscribers, or after a login
	Login     Refusal = "login"     // for those who are known
	Consent   Refusal = "consent"   // asks about cookies first
	Closed    Refusal = "closed"    // for maintenance
	NotFound  Refusal = "not found" // with status 200
)
