package simulated

import (
	"strings"
	"time"
)

// oddTitles are decorations with the characters that real titles hold and that
// break naive programs; %s is the title, %1 its first, %2 its second half.
var oddTitles = []string{
	"A&B观察：%s",
	"研发&销售 | %s",
	"<快讯>%s",
	"%s <img",
	"收入<成本，利润>0？%s",
	"\"%1\"%2",
	"'%1'背后：%2",
	"“%1”%2",
	"视频|%s",
	"财经早参 | %s",
	"10:30 %s",
	"%s（A/H股）",
	"*ST%s",
	"%1  %2",
	"%1\u00a0%2",
	"%1\u3000%2",
	"%1\u200b%2",
	"#财经热点# %s",
	"[独家] %s",
	"%s\n            Daily Market Brief in English",
	"\\\"三步走\\\"：%s",
	"C:\\报告 %s",
	"\U0001F680%s\U0001F4C8",
	"{{ %s }}",
	"{%% raw %%}%s",
	"---：%s",
	"%s: yes",
	"100%%：%s",
	"&amp;不是实体：%s",
	"𠮷野家供应商：%s",
}

const oddShare = 0.06

// earlier are what editors do away with when they correct a title: %s is the
// corrected one, ~ the same with two characters exchanged.
var earlier = []string{"快讯：%s", "%s（更新中）", "~", "突发！%s", "%s|附图", "异动丨%s", "%1 %2"}

// edits are the times at which an article's title and text change; zero if
// they never do.
type edits struct {
	title, text time.Time
}

const (
	titleEditShare = 0.05
	textEditShare  = 0.06
	editSpan       = 40 // intervals
)

func (o *Origin) edits(index int) edits {
	d := roll(o.opts.Seed, forEdits, index)
	at, every := o.articles.at(index), float64(o.articles.spacing(index))
	after := func(share float64) time.Time {
		delay := time.Duration((1 + d.fraction()*editSpan) * every)
		if !d.share(share) {
			return time.Time{}
		}
		return at.Add(delay).Truncate(time.Second)
	}
	return edits{title: after(titleEditShare), text: after(textEditShare)}
}

// done tells whether an edit has been made by now.
func done(edit, now time.Time) bool { return !edit.IsZero() && !edit.After(now) }

// title is the title of an article, corrected or not yet.
func (o *Origin) title(index int, s *story, from descent, e edits, now time.Time) string {
	d := roll(o.opts.Seed, forTitle, index)
	title := s.title
	if from.kind == Copy && d.share(0.4) {
		title = s.alt
	}
	if d.share(oddShare) {
		title = decorate(pick(&d, oddTitles), title)
	}
	if !e.title.IsZero() && !done(e.title, now) {
		title = decorate(pick(&d, earlier), title)
	}
	return title
}

func decorate(form, title string) string {
	r := []rune(title)
	half := len(r) / 2
	exchanged := string(r[:half]) + string(r[half+1]) + string(r[half]) + string(r[half+2:])
	return strings.NewReplacer("%s", title, "%1", string(r[:half]), "%2", string(r[half:]),
		"~", exchanged, "%%", "%").Replace(form)
}
