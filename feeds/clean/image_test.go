package clean

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPicturesStandByTheirRealAddress(t *testing.T) {
	const good = `<img src="https://one.example/p.jpg" alt=""/>`
	for name, in := range map[string]string{
		"late, placeholder":      `<img src="data:image/gif;base64,R0" data-src="/p.jpg">`,
		"late, small preview":    `<img src="/p-20.jpg" data-original="/p.jpg">`,
		"late, a flag":           `<img src="/p.jpg" data-lazy="1">`,
		"late, set":              `<img src="/img/placeholder.png" data-srcset="/q.jpg 1x, /p.jpg 2x">`,
		"a good src wins":        `<img src="/p.jpg" srcset="/q.jpg 2000w" data-orig-file="/raw.jpg">`,
		"larger copy only":       `<img src="/spacer.gif" data-orig-file="/p.jpg">`,
		"picture":                `<picture><source srcset="/p.jpg 640w, /q.jpg 320w"><img src="data:image/gif;base64,R0"></picture>`,
		"picture, good src":      `<picture><source srcset="/q.webp 2000w" type="image/webp"><img src="/p.jpg"></picture>`,
		"for no scripts":         `<img src="data:image/gif;base64,R0"> <noscript><img src="/p.jpg"></noscript>`,
		"for no scripts, twice":  `<img data-src="/p.jpg"><noscript><img src="/p.jpg"></noscript>`,
		"picture for no scripts": `<picture><img src="/blank.gif"></picture><noscript><img src="/p.jpg"></noscript>`,
		"no scripts alone":       `<img src="/p.jpg"><noscript><img src="https://x.example/count.gif"></noscript>`,
		"no measure in pixels":   `<img src="/p.jpg" width="100%" style="width:auto">`,
	} {
		got := HTML(in, base)
		if got != good {
			t.Errorf("%s: %s", name, got)
		}
		if again := HTML(got, base); again != got {
			t.Errorf("%s: cleaned twice: %s", name, again)
		}
	}
}

func TestCountersAndHiddenPicturesGo(t *testing.T) {
	for _, in := range []string{
		`<img src="/c.gif" width="1" height="1">`, `<img src="/c.gif" height="1px" width=" 1 ">`, `<img src="/c.gif" width="0">`, `<img src="/c.gif" height=1>`,
		`<img src="/c.gif" style="width: 1px; height:1px !important">`, `<img src="/c.gif" style="display:none">`, `<img src="/c.gif" style="VISIBILITY: hidden">`,
		`<img src="/c.gif" hidden>`, `<div style="display: none"><img src="/c.gif"></div>`, `<img src="data:image/gif;base64,R0">`,
		`<img src="https://pixel.wp.com/g.gif">`, `<img src="http://feeds.desk.example/~r/desk/~4/x">`, `<img src="https://ssl-vg03.met.vgwort.de/na/x">`,
		`<img src="https://www.facebook.com/tr?id=1">`, `<img src="data:image/gif;base64,R0"><noscript><img src="/c.gif" width="1" height="1"></noscript>`,
	} {
		if got := HTML("<p>a</p>"+in, base); got != "<p>a</p>" && got != "<p>a</p><div></div>" {
			t.Errorf("%s: %s", in, got)
		}
	}
	for _, in := range []string{
		`<img src="/p.jpg" width="1" height="300">`, `<img src="/p.jpg?site=flattr.com">`, `<img src="https://notflattr.com/p.jpg">`,
		`<img src="https://one.example/~r/p.jpg">`, `<img src="/p.jpg" style="width:0.5em">`,
	} {
		if got := HTML(in, base); got == "" {
			t.Errorf("%s is gone", in)
		}
	}
}

func TestSrcsetsAreReadAsBrowsersDo(t *testing.T) {
	for in, want := range map[string][]candidate{
		"a.jpg":                                 {{"a.jpg", 0}},
		"a.jpg, b.jpg 2x":                       {{"a.jpg", 0}, {"b.jpg", 2}},
		" a.jpg 320w,b.jpg 640w ":               {{"a.jpg", 320}, {"b.jpg", 640}},
		"/w_320,h_200/a.jpg 320w, b,c.jpg 1.5x": {{"/w_320,h_200/a.jpg", 320}, {"b,c.jpg", 1.5}},
		"a.jpg 640w 400h, ,\n\tb.jpg":           {{"a.jpg", 640}, {"b.jpg", 0}},
		"a.jpg x, b.jpg -1x, c.jpg 1e999x":      {{"a.jpg", 0}, {"b.jpg", 0}, {"c.jpg", 0}},
		"a.jpg (1x, 2x) 3x, b.jpg":              {{"a.jpg", 3}, {"b.jpg", 0}},
		"a.jpg,,":                               {{"a.jpg", 0}},
		",":                                     nil,
		"":                                      nil,
	} {
		if d := cmp.Diff(want, candidates(in), cmp.AllowUnexported(candidate{})); d != "" {
			t.Errorf("%q: %s", in, d)
		}
	}
}
