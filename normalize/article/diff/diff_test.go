package diff_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"aggregator/normalize/article/diff"
)

func TestTexts(t *testing.T) {
	for _, test := range []struct{ before, after, want string }{
		{"", "", ""},
		{"新闻", "新闻", "新闻"},
		{"", "新闻", "{+新闻+}"},
		{"央行下调利率0.25个百分点", "央行下调利率0.5个百分点", "央行下调利率[-0.25-]{+0.5+}个百分点"},
		{"东旭光电：上半年亏损", "东旭光电：下半年亏损", "东旭光电：[-上-]{+下+}半年亏损"},
		{"Shares fell by 1,000 points", "Shares rose by 1,200 points", "Shares [-fell-]{+rose+} by [-1,000-]{+1,200+} points"},
		{"甲一乙二丙", "丁一戊二己", "[-甲一乙二丙-]{+丁一戊二己+}"}, // every other character: another phrase
		{"don't", "doesn't", "[-don't-]{+doesn't+}"},
		{"cafe\u0301 noir", "cafe noir", "[-cafe\u0301-]{+cafe+} noir"},
	} {
		if got := diff.String(diff.Texts(test.before, test.after)); got != test.want {
			t.Errorf("%q, %q: %s, want %s", test.before, test.after, got, test.want)
		}
	}
}

func TestShort(t *testing.T) {
	long := strings.Repeat("很长的正文", 20)
	got := diff.String(diff.Short(diff.Texts(long+"跌"+long+"完", long+"涨"+long+"完了"), 3))
	if want := "…的正文[-跌-]{+涨+}很长的…正文完{+了+}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := diff.Short(diff.Texts(long, long), 3); got != nil {
		t.Errorf("unchanged: %v", got)
	}
}

// rebuild gives the two texts that parts were made of.
func rebuild(parts []diff.Part) (before, after string) {
	for _, p := range parts {
		if p.Op != diff.Added {
			before += p.Text
		}
		if p.Op != diff.Removed {
			after += p.Text
		}
	}
	return before, after
}

func FuzzTexts(f *testing.F) {
	f.Add("央行下调0.25%", "央行上调0.5%")
	f.Add("a b\nc", "\xff\u0301")
	f.Fuzz(func(t *testing.T, before, after string) {
		if a, b := rebuild(diff.Texts(before, after)); a != before || b != after {
			t.Errorf("%q, %q became %q, %q", before, after, a, b)
		}
	})
}

// TestLongTextsAreBounded: two long texts without a character in common, and
// two that are shuffled, take no longer than a reader waits.
func TestLongTextsAreBounded(t *testing.T) {
	var latin, han, shuffled strings.Builder
	words := rand.Perm(60000)
	for i, n := range words {
		fmt.Fprintf(&latin, "w%d ", i)
		fmt.Fprintf(&shuffled, "w%d ", n)
		han.WriteRune(rune(0x4e00 + n%20000))
	}
	for name, pair := range map[string][2]string{
		"nothing in common": {latin.String(), han.String()},
		"shuffled":          {latin.String(), shuffled.String()},
		"huge":              {strings.Repeat(han.String(), 20), strings.Repeat(shuffled.String(), 20)},
	} {
		start := time.Now()
		parts := diff.Texts(pair[0], pair[1])
		if took := time.Since(start); took > 5*time.Second || len(parts) == 0 {
			t.Errorf("%s: %d parts after %s", name, len(parts), took)
		} else {
			t.Logf("%s: %d parts after %s", name, len(parts), took)
		}
	}
}
