package config

import (
	"strings"
	"testing"
)

// Whatever a file holds that is TOML, an edit is TOML; and where the file was
// right, what was added is in the config.
func FuzzEdit(f *testing.F) {
	for _, topic := range []string{
		"[topics.syria.strong]\nen = ['a', # b\n]", "[topics]\nsyria={strong={en=['a',]},tests=[{title='a',want=true},]}",
		"[topics.syria]\r\nstrong.en = 'a'\r\n[[topics.syria.tests]]\r\ntitle='a'\r\nwant=true", "[topics.'syria'.\"strong\"]\nen=\"\"\"\na\"\"\"",
		"[topics.syria]\nquery='a'\nstrong=[['a']]\n#", "[topics.syria.weak]\nall=[1979-05-27, 1.5, true, {a={}}]\n[topics.syria]\n[topics.syria.strong.en]",
	} {
		f.Add(topic)
	}
	f.Fuzz(func(t *testing.T, topic string) {
		cfg, errs := Parse("desk.toml", []byte(desk+topic))
		if cfg == nil || cfg.topic("syria") == nil {
			return
		}
		for _, edit := range []string{"strong.de new", "weak.all new", "ignore new", "test new"} {
			change, err := editOf(cfg, edit)
			if err != nil && !wrong(errs) && !strings.Contains(err.Error(), "already") {
				t.Fatalf("%s: %v", edit, err)
			}
			if err != nil {
				continue
			}
			after, more := change.parsed()
			if after == nil || !wrong(errs) && wrong(more) || !onlyPutIn(change.Old, change.New) {
				t.Fatalf("%s made\n%s\n%v", edit, change.New, more)
			}
			if _, err := editOf(after, edit); !wrong(errs) && err == nil {
				t.Fatalf("%s is not in\n%s", edit, change.New)
			}
		}
	})
}
