package clean

import (
	"bytes"
	"errors"
	"fmt"
	stdhtml "html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Bounds of a page, checked before the search for its article, which walks it
// many times.
const (
	maxDepth    = 512
	maxElements = 200_000
	minArticle  = 50      // words; less is a teaser, a notice or a menu
	maxArticle  = 1 << 20 // bytes, as of any field of an item
)

// Page finds the article in an HTML page and returns it as HTML that HTML has
// cleaned, without menus, banners and what else surrounds it. meta is what the
// answer said: links start from its URL, and its ContentType may name a charset.
// rules are the operator's own for links, nil for none.
// A page in which no article of 50 words and at most 1 MB is found is an error,
// and so is one nested beyond 512 elements, with more than 200,000, or at which
// the search panics.
func Page(page []byte, meta feeds.Meta, rules *Rules) (article string, err error) {
	defer func() {
		if r := recover(); r != nil {
			article, err = "", fmt.Errorf("find the article: panic: %v", r)
		}
	}()
	at, err := url.Parse(meta.URL)
	if err != nil {
		return "", fmt.Errorf("find the article: %w", err)
	}
	doc, err := html.Parse(bytes.NewReader(decode(page, meta.ContentType)))
	if err != nil {
		return "", errors.Join(errDeep, err)
	}
	if err := bounded(doc); err != nil {
		return "", err
	}
	search := readability.NewParser()
	found, err := search.ParseAndMutate(doc, at)
	if err != nil {
		return "", fmt.Errorf("find the article: %w", err)
	}
	if found.Node == nil {
		return "", errNoArticle
	}
	var b strings.Builder
	if err := html.Render(&b, found.Node); err != nil {
		return "", fmt.Errorf("find the article: %w", err)
	}
	about := body{titled: foldingOf(Title(found.Title())), own: Key(meta.URL), rules: rules}
	return about.article(b.String(), meta.URL)
}

var errNoArticle = errors.New("no article in the page")

// article cleans what was found. HTML that cleaning makes plain text of is
// no article: its markup would show.
func (b body) article(src, base string) (string, error) {
	if len(src) > maxArticle {
		return "", errors.New("the article in the page is over the limit of 1 MB")
	}
	out := b.clean(src, base)
	if out == stdhtml.EscapeString(Plain(src)) {
		return "", errors.New("the article in the page cannot be cleaned")
	}
	if words.Count(Text(out)) < minArticle {
		return "", errNoArticle
	}
	return out, nil
}

// bounded is an error for a tree beyond the bounds. It does not recurse: a tree
// may be deeper than its parser's stack of open elements was.
func bounded(doc *html.Node) error {
	depth, elements := 0, 0
	for n := doc; n != nil; {
		if n.Type == html.ElementNode {
			elements++
		}
		switch {
		case depth > maxDepth:
			return errDeep
		case elements > maxElements:
			return fmt.Errorf("html: more than %d elements", maxElements)
		case n.FirstChild != nil:
			n = n.FirstChild
			depth++
			continue
		}
		for n != doc && n.NextSibling == nil {
			n = n.Parent
			depth--
		}
		if n == doc {
			break
		}
		n = n.NextSibling
	}
	return nil
}

// metaCharset finds a charset that stands behind the first 1,024 bytes, where
// the HTML standard has browsers stop looking. Publishers put scripts in front.
var metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]{0,200}?charset\s*=\s*["']?([a-z0-9_:.-]{2,40})`)

// decode makes UTF-8 of a page: a byte order mark says in what it is, else its
// header, its meta element, its bytes. Valid UTF-8 is UTF-8 whatever a label
// says (servers name a charset for all they have), unless the label is of a
// charset whose every text is valid UTF-8 too.
func decode(page []byte, contentType string) []byte {
	enc, name, certain := charset.DetermineEncoding(page, contentType)
	if !certain {
		if m := metaCharset.FindSubmatch(page[:min(len(page), 64<<10)]); m != nil {
			if e, n := charset.Lookup(string(m[1])); e != nil {
				enc, name = e, n
			}
		}
	}
	wide := strings.HasPrefix(name, "utf-16") || name == "iso-2022-jp"
	if utf8.Valid(page) && !wide {
		return page
	}
	out, err := enc.NewDecoder().Bytes(page)
	if err != nil {
		return page // the parser replaces what is not UTF-8
	}
	return out
}
