package config

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Limits of an OPML file (DESIGN 11).
const (
	maxOPML     = 2 << 20
	maxOutlines = 20_000
	maxDepth    = 20
	maxTags     = 10 // of one outline
)

// An Outline is a feed in an OPML file.
type Outline struct {
	URL   string
	Title string
	Lang  string   // "" when it says none that we read
	Tags  []string // folders around it, from the outside, and its categories

	at int // byte where its tag begins
}

// ReadOPML lists the outlines that have an address. Files that programs have
// written carelessly are read; one that breaks off is not, since nobody can say
// what is missing. The error names the
// limit that was met.
func ReadOPML(data []byte) ([]Outline, error) {
	_, outlines, err := readOPML(data)
	return outlines, err
}

// readOPML returns the text too, in UTF-8, in which outlines have their places.
// A DOCTYPE is passed over: no entity of its own is ever read.
func readOPML(data []byte) ([]byte, []Outline, error) {
	if len(data) > maxOPML {
		return nil, nil, fmt.Errorf("over the limit of %d MB", maxOPML>>20)
	}
	data, err := latin(data)
	if err != nil {
		return nil, nil, err
	}
	outlines, err := outlines(data)
	return data, outlines, err
}

var encodingOf = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding=["']([A-Za-z0-9._-]+)["']`)

// latin turns the two encodings that old programs export into UTF-8.
func latin(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	name := "utf-8"
	if m := encodingOf.FindSubmatch(data[:min(len(data), 200)]); m != nil {
		name = strings.ToLower(string(m[1]))
	}
	if (name == "utf-8" || name == "us-ascii") && !utf8.Valid(data) {
		name = "windows-1252"
	}
	switch name {
	case "utf-8", "us-ascii":
		return data, nil
	case "iso-8859-1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Bytes(data)
	default:
		return nil, fmt.Errorf("it is written in %s: save it as UTF-8", name)
	}
}

var errBrokenOff = errors.New("not OPML, or it breaks off: there is no </opml>")

// outlines walks an OPML document. A reader of HTML does it, since programs write
// unknown entities, a bare & and end tags of nothing.
func outlines(data []byte) (found []Outline, err error) {
	z := html.NewTokenizer(bytes.NewReader(data))
	var folders []string // one an open outline, "" for what is no folder
	at, count, whole := 0, 0, false
	for {
		kind := z.Next()
		here := at
		at += len(z.Raw())
		if kind == html.ErrorToken {
			if !whole {
				return nil, errBrokenOff
			}
			return found, nil
		}
		z.NextIsNotRawText() // a title is an element like others
		name, _ := z.TagName()
		switch {
		case kind == html.EndTagToken && string(name) == "opml":
			whole = true
		case kind == html.EndTagToken && string(name) == "outline":
			folders = folders[:max(len(folders)-1, 0)]
		case (kind == html.StartTagToken || kind == html.SelfClosingTagToken) && string(name) == "outline":
			if count++; count > maxOutlines {
				return nil, fmt.Errorf("over the limit of %d outlines", maxOutlines)
			}
			o, folder := readOutline(attributes(z), folders)
			if o.at = here; o.URL != "" {
				found = append(found, o)
			}
			if kind == html.SelfClosingTagToken {
				continue
			}
			if folders = append(folders, folder); len(folders) > maxDepth {
				return nil, fmt.Errorf("outlines nested over the limit of %d", maxDepth)
			}
		}
	}
}

// attributes are those of the tag read last, their names in small letters.
func attributes(z *html.Tokenizer) map[string]string {
	attr := map[string]string{}
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		attr[string(key)] = strings.TrimSpace(string(value))
	}
	return attr
}

// readOutline reads a feed, or the name of a folder.
func readOutline(attr map[string]string, folders []string) (o Outline, folder string) {
	title := oneLineOf(attr["title"])
	if title == "" {
		title = oneLineOf(attr["text"])
	}
	if attr["xmlurl"] == "" {
		return Outline{}, title
	}
	o = Outline{URL: attr["xmlurl"], Title: title, Lang: attr["language"]}
	if !isLang(o.Lang) {
		o.Lang = "" // exporters write "unknown" here
	}
	names := append(slices.Clone(folders), strings.FieldsFunc(attr["category"], func(c rune) bool { return c == ',' || c == '/' })...)
	for _, name := range names {
		if tag := tagOf(name); tag != "" && !slices.Contains(o.Tags, tag) && len(o.Tags) < maxTags {
			o.Tags = append(o.Tags, tag)
		}
	}
	return o, ""
}

// oneLineOf is a text as a config can hold it.
func oneLineOf(s string) string {
	return cutAt(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c)
	}), " "), 200)
}

func cutAt(s string, characters int) string {
	n := 0
	for i := range s {
		if n++; n > characters {
			return s[:i]
		}
	}
	return s
}

// tagOf is a folder's name as a tag: small letters and digits of any script,
// joined by hyphens.
func tagOf(s string) string {
	return cutAt(strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return !unicode.In(c, unicode.L, unicode.M, unicode.Nd)
	}), "-"), 50)
}

// freeID makes an id of a title, else of the host, that nobody has yet. same
// counts those asked for twice, so that a thousand equal titles cost a thousand
// looks.
func freeID(title, address string, same map[string]int, taken func(id string) bool) string {
	id := slugOf(title)
	if id == "" {
		if u, err := url.Parse(address); err == nil {
			id = slugOf(strings.TrimPrefix(u.Host, "www."))
		}
	}
	if id == "" {
		id = "source"
	}
	for free := id; ; {
		if !taken(free) {
			return free
		}
		same[id]++
		free = fmt.Sprintf("%s-%d", id, same[id]+1)
	}
}

// plainLetters are those of Latin alphabets that no mark can be taken off.
var plainLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe",
	"ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "ı", "i", "đ", "d", "Đ", "d")

// unmarked takes the marks off letters, so that a "Café" gets the id "cafe". Only
// for ids that are written into a file: those of an included list are made again
// at every start, and have to stay what they were.
func unmarked(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFD.String(plainLetters.Replace(s)))
}

// slugOf is the small letters and digits of s, joined by hyphens.
func slugOf(s string) string {
	slug := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		default:
			return '-'
		}
	}, s)
	slug = strings.Join(strings.FieldsFunc(slug, func(c rune) bool { return c == '-' }), "-")
	return strings.Trim(slug[:min(len(slug), 50)], "-")
}
