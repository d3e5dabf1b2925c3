package main

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"aggregator/cmd/internal/config"
)

// newTable returns a table without lines, whose columns line up for Chinese
// text as well.
func newTable(head ...any) table.Writer {
	t := table.NewWriter()
	t.AppendHeader(head)
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	return t
}

func (p *program) print(t table.Writer) error {
	_, err := fmt.Fprintln(p.Out, t.Render())
	return err
}

// civil shows a time as people in the zone write it; "-" for none.
func civil(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04:05")
}

// clip keeps a title on its line.
func clip(s string) string { return text.Trim(s, 60) }

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// parseTime reads a day, a time, or an age such as 24h or 7d; zero for "".
func parseTime(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	var age config.Duration
	if age.UnmarshalText([]byte(s)) == nil {
		return time.Now().Add(-time.Duration(age)), nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02 15:04", time.DateTime, "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a time such as 2026-01-31 nor an age such as 24h", s)
}
