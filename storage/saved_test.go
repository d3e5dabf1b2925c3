package storage_test

import (
	"path/filepath"
	"testing"

	"aggregator/normalize/article"
	"aggregator/storage"
)

func TestNewestOfWords(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	b := storage.Batch{Source: "s"}
	for key, content := range map[string]string{"a": "<p>央<b>行</b>降息</p>", "b": "<p>央行 Rumour</p>", "c": "<div>其他</div>"} {
		b.Entries = append(b.Entries, storage.Entry{
			Identity: article.Identity{Keys: []string{key}, Name: key},
			Article:  article.Article{Title: key, Content: content},
		})
	}
	if _, err := s.Add(b); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		all, any, none []string
		want           int
	}{
		{nil, []string{"央行"}, nil, 2},
		{nil, []string{"央行", "其他"}, []string{"RUMOUR"}, 2},
		{nil, []string{"央行"}, []string{"rumour"}, 1},
		{nil, []string{"div"}, nil, 0},
		{[]string{"央行", "rumour"}, nil, nil, 1},
		{[]string{"央行"}, []string{"降息", "其他"}, nil, 1},
		{[]string{"央行"}, nil, []string{"降息"}, 1},
		{nil, nil, nil, 0},
	} {
		got, err := s.NewestOfWords(storage.Words{All: test.all, Any: test.any, None: test.none}, storage.Window{Entries: 9})
		if err != nil || len(got) != test.want {
			t.Errorf("any %q none %q: %d articles, %v, want %d", test.any, test.none, len(got), err, test.want)
		}
	}
	if got, _ := s.NewestOfWords(storage.Words{Any: []string{"央行"}}, storage.Window{Entries: 1}); len(got) != 1 {
		t.Errorf("a window of one has %d", len(got))
	}
}
