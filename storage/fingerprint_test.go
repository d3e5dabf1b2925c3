package storage

import (
	"strings"
	"testing"

	"aggregator/normalize/article"
)

func TestFactsKeepStoriesApart(t *testing.T) {
	text := strings.Repeat("央行决定下调金融机构存款准备金率以支持实体经济发展", 8)
	half := article.Article{Title: "央行降准", Content: "<p>" + text + "降准0.5%</p>"}
	quarter := article.Article{Title: "央行降准", Content: "<p>" + text + "降准0.25%</p>"}
	f, _ := newFingerprint(&half)
	g, _ := newFingerprint(&quarter)
	if reason, d := f.same(g); reason != "" {
		t.Errorf("0.5%% and 0.25%% joined: %s, %d", reason, d)
	}
	if reason, _ := f.same(f); reason == "" {
		t.Error("an article is not its own story")
	}
}

// TestPatternIsNoStory: reports that say the same of two companies are two,
// though the texts are close; a story with other closing words is one.
func TestPatternIsNoStory(t *testing.T) {
	report := func(company string) string {
		return company + "公告，公司股票交易价格连续两个交易日内涨幅偏离值较大。经核查，" + company + "经营情况未发生重大变化。" +
			strings.Repeat("公司不存在应披露而未披露的重大事项。", 6)
	}
	if !contradict(report("金风科技"), report("长江电力")) {
		t.Error("two companies, one story")
	}
	story := strings.Repeat("央行决定下调存款准备金率，支持实体经济发展。", 6)
	if contradict(story+"【更新】消息公布后市场反应平稳。", story+"以上内容仅供参考。") {
		t.Error("other closing words, another story")
	}
	if contradict(story, story+"本报将持续关注。") {
		t.Error("a sentence more, another story")
	}
}
