package clean

import (
	"strings"

	"golang.org/x/net/html"
)

// hushAlts empties the alt text and title of a picture when its neighbour says
// the same: readers that do not load it would show the caption twice. What can
// be seen stays (HTML 4.8.4.4: a caption's text is not repeated in alt). hushed:
// there was such.
func hushAlts(all []passage, skip drops) (hushed bool) {
	last := -1
	for i := range all {
		p := &all[i]
		if len(p.images) > 0 {
			beside := []int{i, last, next(all, i, skip)}
			for _, img := range p.images {
				hushed = hush(img, all, beside) || hushed
			}
		}
		if len(p.words) > 0 && !skip.has(p) {
			last = i
		}
	}
	return hushed
}

// next is the text that follows passage i; -1 when none does.
func next(all []passage, i int, skip drops) int {
	for k := i + 1; k < len(all); k++ {
		if len(all[k].words) > 0 && !skip.has(&all[k]) {
			return k
		}
	}
	return -1
}

func hush(img *html.Node, all []passage, beside []int) (hushed bool) {
	for k := range img.Attr {
		at := &img.Attr[k]
		if at.Key != "alt" && at.Key != "title" || strings.TrimSpace(at.Val) == "" {
			continue
		}
		alt := foldingOf(strings.ToValidUTF8(at.Val, ""))
		for _, i := range beside {
			if i < 0 || len(alt.words) == 0 || len(all[i].words) < len(alt.words) {
				continue
			}
			if all[i].fold == alt.fold || near(alt.words, all[i].words) {
				at.Val, hushed = "", true
			}
		}
	}
	return hushed
}
