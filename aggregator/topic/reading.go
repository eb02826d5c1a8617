package topic

import (
	"html"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// leadWords is how many words of the text are its lead.
const leadWords = 60

// A reading is one item on its way through all topics.
type reading struct {
	doc    Doc
	lang   string // "" unknown
	script string
	fields []textField
	values map[string][]value // of the fields that are no running text, filled as asked for
	index  *index

	langNumber uint16 // in the index

	hits     []hit               // grouped by topic, once all are found
	count    map[*rule]int       // of hits, once there are many
	counting []mention           // of the topic being judged
	round    uint32              // number of the topic being judged, see claim
	judged   map[*compiled]Match // of topics that other topics ask for
}

// A textField is a running text of the item, cut into words once.
type textField struct {
	name  string
	text  string
	words []words.Word
	lower string // of what regexps look at; filled as asked for

	// By word, filled by the index, and taken by judge as asked for.
	numbers []uint32   // 0 when no rule asks for the word
	stems   [][]string // nil when no word has any
	taken   []uint32   // the last round in which a hit claimed it

	// Where the body and the summary say the same, word for word: mentions there
	// count once, in the body, and are in the lead.
	sameFrom, sameTo int
}

// read cuts the item into fields.
func read(d Doc) *reading {
	it := d.Item
	r := &reading{doc: d}
	cut := d.Cut
	if cut == nil {
		cut = func() (title, text []words.Word) { return words.Split(it.Title), words.Split(it.Text) }
	}
	title, text := cut()
	summary := textField{name: "summary", text: plainText(it.Summary), words: text}
	if summary.text != it.Text {
		summary.words = words.Split(summary.text)
	}
	r.fields = []textField{{name: "title", text: it.Title, words: title}, summary, {name: "body", text: it.Text, words: text}}
	shareWords(&r.fields[1], &r.fields[2])
	r.lang, r.script = tongue(it)
	return r
}

// tongue is an item's language, "" when not known, and its script.
func tongue(it *feeds.Item) (lang, script string) {
	sample := strings.ToValidUTF8(it.Title+" "+it.Text[:min(len(it.Text), 2000)], "")
	if lang = words.Normal(it.Lang); lang == "" {
		lang = words.Detect(sample)
	}
	return lang, words.Script(sample)
}

func field(name, text string) textField {
	return textField{name: name, text: text, words: words.Split(text)}
}

// opening is how many words make sure that a summary is taken from the body.
const opening = 12

// shareWords finds the summary's words in the body, as far as they agree: many a
// summary is the body's beginning, cut off, with "read more" behind it.
func shareWords(summary, body *textField) {
	s, b := summary.words, body.words
	if len(s) == 0 {
		return
	}
	n := min(opening, len(s))
	for at := 0; at+n <= len(b); at++ {
		same := 0
		for same < len(s) && at+same < len(b) && s[same].Fold == b[at+same].Fold {
			same++
		}
		if same >= n {
			summary.sameTo = same
			body.sameFrom, body.sameTo = at, at+same
			return
		}
	}
}

// repeats says whether words stand in the body as well.
func (f *textField) repeats(from, to int) bool {
	return f.name == "summary" && from >= f.sameFrom && to <= f.sameTo
}

// leads says whether words belong to the lead.
func (f *textField) leads(from int) bool {
	return f.name == "summary" || from < leadWords || from >= f.sameFrom && from < f.sameTo
}

// inline are the tags that stand inside a word or a sentence.
var inline = strings.Fields("a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var wbr")

// plainText takes the tags out of clean HTML. It is rough: clean has made the
// text that counts, Item.Text.
func plainText(src string) string {
	if !strings.ContainsAny(src, "<&") {
		return src
	}
	var b strings.Builder
	for src != "" {
		text, tag, ok := strings.Cut(src, "<")
		b.WriteString(text)
		if !ok {
			break
		}
		name, rest, _ := strings.Cut(tag, ">")
		name, _, _ = strings.Cut(strings.Trim(name, "/"), " ")
		if !slices.Contains(inline, name) {
			b.WriteByte(' ')
		}
		src = rest
	}
	return strings.TrimSpace(html.UnescapeString(b.String()))
}

// A value is what a field without running text holds.
type value struct {
	textField
	fold string
}

// valuesOf lists what a field beside the running text holds.
func (r *reading) valuesOf(name string) []value {
	if vs, ok := r.values[name]; ok {
		return vs
	}
	var vs []value
	for _, raw := range r.rawValues(name) {
		if raw != "" {
			v := value{field(name, raw), words.Fold(raw)}
			v.lookUp(r.index)
			vs = append(vs, v)
		}
	}
	if r.values == nil {
		r.values = map[string][]value{}
	}
	r.values[name] = vs
	return vs
}

func (r *reading) rawValues(field string) (raw []string) {
	it := r.doc.Item
	switch field {
	case "author":
		for _, p := range it.Authors {
			raw = append(raw, p.Name)
		}
	case "tag":
		for _, c := range it.Categories {
			raw = append(raw, c.Term, c.Label)
		}
	case "url":
		raw = []string{it.Link}
	case "site":
		raw = []string{host(it.Link)}
	case "source":
		raw = []string{r.doc.Source}
	case "lang":
		raw = []string{r.lang}
	}
	return raw
}

func host(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest, _, _ = strings.Cut(rest, ":")
	return strings.ToLower(rest)
}

// testDoc is a test of the config as an item.
func testDoc(t config.Test) Doc {
	return Doc{Source: t.Source, Item: &feeds.Item{Title: t.Title, Text: t.Text, Lang: t.Lang}}
}
