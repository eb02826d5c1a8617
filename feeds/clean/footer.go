package clean

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

const (
	footerMax  = 25  // words: a longer passage that leads back may be news
	endingMax  = 12  // habitual passages at the end; where there are more, the text is a copy
	endingSize = 200 // words of theirs
)

// ending marks, from the end up, what only leads back to the item or its site,
// and what the source says at the end of its items. It never takes the first
// text. Pictures, rows of links and short credits stay and do not end the walk.
func (b body) ending(all []passage, skip drops, link linker) {
	first := 0
	for ; first < len(all); first++ {
		if all[first].unfold(); len(all[first].words) > 0 && !skip.has(&all[first]) {
			break
		}
	}
	var back, habits []*passage
	size := 0
up:
	for i := len(all) - 1; i > first; i-- {
		p := &all[i]
		p.unfold()
		switch {
		case skip.has(p), len(p.words) == 0:
		case len(p.words) < footerMax && !p.media && b.leadsBack(p, link):
			back = append(back, p)
			if len(habits) == 0 {
				skip.passage(p)
			}
		case p.maySay() && b.often[b.sum(p)]:
			if p.removable() {
				habits = append(habits, p)
				size += len(p.words)
			}
		case b.often == nil || p.linked() <= .6:
			break up
		}
	}
	if len(habits) == 0 || len(habits) > endingMax || size > endingSize {
		return
	}
	for _, p := range append(back, habits...) {
		skip.passage(p)
	}
}

// shares are addresses that post something on a network.
var shares = []string{
	"facebook.com/sharer", "facebook.com/share.php", "twitter.com/share", "twitter.com/intent", "x.com/intent", "x.com/share",
	"linkedin.com/share", "linkedin.com/cws/share", "pinterest.com/pin/create", "t.me/share", "telegram.me/share", "api.whatsapp.com/send",
	"wa.me/?", "feeds.feedburner.com/~ff/", "reddit.com/submit", "tumblr.com/share", "getpocket.com/save", "vk.com/share.php",
	"bsky.app/intent", "threads.net/intent", "news.ycombinator.com/submitlink", "addtoany.com/", "share.flipboard.com/",
}

func share(href string) bool {
	for _, s := range shares {
		if strings.Contains(href, s) {
			return true
		}
	}
	return false
}

// hrefs are the links of a passage, absolute; "" for what is no link.
func (p *passage) hrefs(link linker) (all []string) {
	for _, n := range p.nodes {
		for d := range within(n) {
			if d.DataAtom == atom.A {
				all = append(all, link(attr(d, "href")))
			}
		}
	}
	return all
}

// linked is the share of a passage's text that stands in links.
func (p *passage) linked() float64 {
	whole := utf8.RuneCountInString(strings.TrimSpace(p.text))
	if whole == 0 || p.links == 0 {
		return 0
	}
	var b []byte
	for _, n := range p.nodes {
		for d := range within(n) {
			if d.DataAtom == atom.A {
				b = text(b, d)
			}
		}
	}
	return float64(utf8.RuneCount(b)) / float64(whole)
}

// shareBar says whether a passage is there to share the item: nearly all of it
// links, and every link posts something somewhere. Icons in a row are no
// pictures; one alone may be, with a link to pin it.
func shareBar(p *passage, link linker) bool {
	switch {
	case p.links == 0, !p.media && p.linked() <= .6, p.media && len(p.words) > 0, len(p.images) == 1:
		return false
	}
	links := 0
	for _, href := range p.hrefs(link) {
		if !share(href) {
			return false
		}
		links++
	}
	return links > 0 && links >= len(p.images)
}

// leadsBack says whether every link of a passage leads to the item, its site or
// to where it may be shared, one there is, and the rest says little. A quotation
// that only links to the site ("…", she told One) is news; a link into the page
// comes from a footnote.
func (b body) leadsBack(p *passage, link linker) bool {
	own, linked := false, p.linked()
	hrefs := p.hrefs(link)
	for _, href := range hrefs {
		switch {
		case href == "", linked <= .6 && strings.Contains(href, "#"):
			return false
		case share(href), b.itself(href):
			own = true
		case !b.home(href):
			return false
		}
	}
	if len(hrefs) == 0 || !own && strings.ContainsAny(p.text, "“”«»\"„") {
		return false
	}
	return linked >= .3 || len(p.words) <= 10 && (!own || linked >= .15) || b.titledIn(p)
}

// itself says whether an address is the item's own.
func (b body) itself(href string) bool { return b.own != "" && b.keys.of(href) == b.own }

// home says whether an address is the feed's page or the root of its host.
func (b body) home(href string) bool {
	if b.site == "" {
		return false
	}
	key := b.keys.of(href)
	if key == b.keys.of(b.site) {
		return true
	}
	u, err := url.Parse(b.site)
	return err == nil && key == b.keys.of(u.Scheme+"://"+u.Host+"/")
}
