package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aggregator/cmd/internal/daemon"
	"aggregator/fetcher"
	"aggregator/normalize"
	"aggregator/normalize/article"
	"aggregator/normalize/article/diff"
	"aggregator/storage"
)

func newArticlesExplain(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Tell where an article came from",
		Long: `Tell where an article came from: who lists it, by which keys it is recognised,
what was joined with it and why, when it came, how it was edited, and how its body was chosen. ID is the name of its file without .md, or
its tag: URI.`,
		Example: "  aggregator articles explain iktzqtyt6123456",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inDaemon(cmd, slog.LevelError, func(_ context.Context, d *daemon.Daemon) error {
				e, err := d.Store().Explain(args[0])
				if err != nil {
					return unknownArticle(args[0], err)
				}
				if asJSON {
					enc := json.NewEncoder(p.Out)
					enc.SetEscapeHTML(false)
					return enc.Encode(explanationJSONOf(e))
				}
				_, err = fmt.Fprint(p.Out, explained(e, d.Zone()))
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// explained is an explanation for people: a line for each thing that is known.
func explained(e storage.Explanation, zone *time.Location) string {
	var l factLines
	l.origin(e)
	l.times(e, zone)
	l.edits(e.Versions, zone)
	l.body(e.Verdict)
	for _, r := range e.Retries {
		l.add("page", "to be fetched again for %s at %s, after %d attempts", r.Source, civil(r.Due, zone), r.Attempts)
	}
	return l.String()
}

// factLines are lines of a label and what there is to say.
type factLines struct{ strings.Builder }

func (l *factLines) add(label, format string, args ...any) {
	line := article.CleanTitle(fmt.Sprintf(format, args...)) // strangers' words, and a terminal
	fmt.Fprintf(l, "%-11s%s\n", label, line)
}

// some is add for what may be empty.
func (l *factLines) some(label, value string) {
	if value != "" {
		l.add(label, "%s", value)
	}
}

func (l *factLines) origin(e storage.Explanation) {
	a := e.Article
	l.some("title", a.Title)
	l.some("id", a.ID)
	l.some("file", a.Key)
	l.some("guid", a.GUID)
	l.some("link", a.Link)
	for _, via := range a.Via {
		l.add("also at", "%s", via)
	}
	for _, name := range e.Sources {
		what := "lists it"
		if name == a.Source {
			what = "brought it"
		}
		l.add("source", "%s %s", name, what)
	}
	for _, j := range e.Joins {
		l.add("joined", "%s of %s, %s", j.Key, j.Source, joinReason(j))
	}
	for _, key := range e.Keys {
		l.add("key", "%s (%s)", key, normalize.KeyKind(key))
	}
}

// joinReason tells why an item is no article of its own.
func joinReason(j storage.Join) string {
	if j.Step == storage.ByStory {
		return fmt.Sprintf("%s: %s, %d of 64 bits apart", j.Step, j.Reason, j.Distance)
	}
	return j.Step
}

func (l *factLines) times(e storage.Explanation, zone *time.Location) {
	a := e.Article
	for _, row := range []struct {
		label string
		t     time.Time
	}{
		{"published", a.Published}, {"updated", a.Updated}, {"seen", a.Seen}, {"changed", a.Changed},
		{"revision", e.Revision}, {"withdrawn", a.Withdrawn},
	} {
		if !row.t.IsZero() {
			l.add(row.label, "%s", civil(row.t, zone))
		}
	}
}

// edits tells how readers saw the article change.
func (l *factLines) edits(versions []storage.Version, zone *time.Location) {
	for i := 1; i < len(versions); i++ {
		before, after := versions[i-1], versions[i]
		what := "edited"
		if after.Remade {
			what = "remade"
		}
		l.add(what, "%s", civil(after.Since, zone))
		l.some("  title", difference(before.Title, after.Title))
		l.some("  text", textDifference(before, after))
		if before.Image != after.Image {
			l.add("  picture", "%s, was %s", cmp.Or(after.Image, "none"), cmp.Or(before.Image, "none"))
		}
	}
}

// difference tells how a text changed, with a few characters about each change;
// empty where it did not.
func difference(before, after string) string {
	return diff.String(diff.Short(diff.Texts(before, after), 12))
}

func textDifference(before, after storage.Version) string {
	return difference(fetcher.PlainText(before.Content), fetcher.PlainText(after.Content))
}

// body tells how the body was chosen.
func (l *factLines) body(v article.Verdict) {
	switch {
	case v.From != "":
		l.add("body", "from %s, score %d", v.From, v.Score())
	case len(v.Candidates) > 0:
		l.add("body", "none found")
	default:
		l.add("body", "how it was chosen is not known")
	}
	for _, c := range v.Candidates {
		l.add("candidate", "%s, score %d: %s", c.From, c.Score, cmp.Or(c.Why, "won"))
	}
	if v.Refused != "" {
		l.add("page", "refused: %s", v.Refused)
	}
	if v.Failed != "" {
		l.add("page", "failed: %s", v.Failed)
	}
}

// explanationJSON is what articles explain --json prints.
type explanationJSON struct {
	ID        string        `json:"id"`
	Key       string        `json:"key"`
	GUID      string        `json:"guid"`
	Title     string        `json:"title"`
	Link      string        `json:"link"`
	Via       []string      `json:"via"`
	Source    string        `json:"source"`
	Sources   []string      `json:"sources"`
	Keys      []keyJSON     `json:"keys"`
	Published string        `json:"published"`
	Updated   string        `json:"updated"`
	Seen      string        `json:"seen"`
	Changed   string        `json:"changed"`
	Revision  string        `json:"revision"`
	Withdrawn string        `json:"withdrawn"`
	Joins     []joinJSON    `json:"joins"`
	Versions  []versionJSON `json:"versions"`
	Body      bodyJSON      `json:"body"`
	Retries   []pageJSON    `json:"retries"`
}

type keyJSON struct {
	Key  string `json:"key"`
	Kind string `json:"kind"`
}

// joinJSON is an item that is no article of its own; reason and distance tell why
// it is the same story.
type joinJSON struct {
	Step     string `json:"step"`
	Key      string `json:"key"`
	Source   string `json:"source"`
	Link     string `json:"link"`
	At       string `json:"at"`
	Reason   string `json:"reason"`
	Distance int    `json:"distance"`
}

// versionJSON is what readers saw since a time, and how that differs from what
// they saw before.
type versionJSON struct {
	Since   string `json:"since"`
	Updated string `json:"updated"`
	Title   string `json:"title"`
	Image   string `json:"headimg"`
	// What changed of the title and of the text; empty where nothing did, and of
	// the first version.
	TitleDiff string `json:"title_diff"`
	TextDiff  string `json:"text_diff"`
	// Reprocessed tells that our own rules made it, and no edit.
	Reprocessed bool `json:"reprocessed"`
}

func versionsJSON(versions []storage.Version) []versionJSON {
	list := make([]versionJSON, len(versions))
	for i, v := range versions {
		list[i] = versionJSON{Since: utc(v.Since), Updated: utc(v.Updated), Title: v.Title, Image: v.Image, Reprocessed: v.Remade}
		if i > 0 {
			list[i].TitleDiff = difference(versions[i-1].Title, v.Title)
			list[i].TextDiff = textDifference(versions[i-1], v)
		}
	}
	return list
}

// bodyJSON is a verdict.
type bodyJSON struct {
	From       string          `json:"from"`
	Score      int             `json:"score"`
	Refused    string          `json:"refused"`
	Failed     string          `json:"failed"`
	Candidates []candidateJSON `json:"candidates"`
}

type candidateJSON struct {
	From  string `json:"from"`
	Score int    `json:"score"`
	Why   string `json:"why"`
}

type pageJSON struct {
	Source   string `json:"source"`
	Attempts int    `json:"attempts"`
	Due      string `json:"due"`
}

func explanationJSONOf(e storage.Explanation) explanationJSON {
	a := e.Article
	j := explanationJSON{
		ID: a.ID, Key: a.Key, GUID: a.GUID, Title: a.Title, Link: a.Link, Via: append([]string{}, a.Via...),
		Source: a.Source, Sources: append([]string{}, e.Sources...), Keys: []keyJSON{}, Joins: []joinJSON{},
		Published: utc(a.Published), Updated: utc(a.Updated), Seen: utc(a.Seen), Changed: utc(a.Changed),
		Revision: utc(e.Revision), Withdrawn: utc(a.Withdrawn),
		Versions: versionsJSON(e.Versions), Body: verdictJSON(e.Verdict), Retries: []pageJSON{},
	}
	for _, join := range e.Joins {
		j.Joins = append(j.Joins, joinJSON{join.Step, join.Key, join.Source, join.Link, utc(join.At), join.Reason, join.Distance})
	}
	for _, key := range e.Keys {
		j.Keys = append(j.Keys, keyJSON{key, normalize.KeyKind(key)})
	}
	for _, r := range e.Retries {
		j.Retries = append(j.Retries, pageJSON{r.Source, r.Attempts, utc(r.Due)})
	}
	return j
}

func verdictJSON(v article.Verdict) bodyJSON {
	j := bodyJSON{From: v.From, Score: v.Score(), Refused: string(v.Refused), Failed: v.Failed, Candidates: []candidateJSON{}}
	for _, c := range v.Candidates {
		j.Candidates = append(j.Candidates, candidateJSON{c.From, c.Score, c.Why})
	}
	return j
}
