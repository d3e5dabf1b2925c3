package feedout

import (
	"reflect"
	"testing"
)

// TestRendering: the name of how documents are written changes with any part of
// the specimen's documents, whose every field has a value: what is left out there
// could change unseen.
func TestRendering(t *testing.T) {
	if Rendering() != renderingOf(specimen()) || len(Rendering()) != 12 {
		t.Errorf("the rendering is %q, then %q", Rendering(), renderingOf(specimen()))
	}
	for _, s := range []any{*specimen(), specimen().History, specimen().Articles[0]} {
		v := reflect.ValueOf(s)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Field(i).IsZero() && !unwritten[name] && !unwritten[v.Type().String()+"."+name] {
				t.Errorf("the specimen has no %s.%s", v.Type(), name)
			}
		}
	}
	for name, change := range map[string]func(*Feed){
		"the rights": func(f *Feed) { f.Rights = "" },
		"a stock":    func(f *Feed) { f.Articles[0].Stocks = nil }, // in JSON alone
		"the source": func(f *Feed) { f.Sources = nil },            // in RSS alone
		"the scheme": func(f *Feed) { f.Scheme = "" },              // in Atom alone
	} {
		f := specimen()
		change(f)
		if renderingOf(f) == Rendering() {
			t.Errorf("a document without %s counts as the same", name)
		}
	}
}

// unwritten are the fields that no document shows.
var unwritten = map[string]bool{
	"Settled": true, "Cadence": true,
	"GUID": true, "Changed": true, "Order": true, "Filed": true, "Tags": true, "Withdrawn": true,
	"article.Article.History": true,
}
