package topic

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// named are the fields a term may be bound to, and what other programs call them.
var named = map[string]string{
	"title": "title", "intitle": "title", "summary": "summary", "body": "body", "author": "author", "tag": "tag",
	"url": "url", "inurl": "url", "site": "site", "source": "source", "lang": "lang",
}

// meant are words for our fields that people try.
var meant = map[string]string{
	"headline": "title", "heading": "title", "entrytitle": "title", "text": "body", "content": "body", "intext": "body",
	"inbody": "body", "entrycontent": "body", "description": "summary", "abstract": "summary", "by": "author",
	"creator": "author", "category": "tag", "label": "tag", "tags": "tag", "hashtag": "tag", "link": "url", "domain": "site",
	"host": "site", "outlet": "source", "feed": "source", "language": "lang", "locale": "lang",
}

const fieldList = "title, summary, body, author, tag, url, site, source, lang"

// running says whether a field is text with words in order.
func running(field string) bool {
	return field == "" || field == "title" || field == "summary" || field == "body"
}

var fieldForm = regexp.MustCompile(`^([a-zA-Z]+):(\S)`)

// cutField takes "title:" or "#" off a term. A colon followed by a blank is
// punctuation.
func cutField(s string) (field, rest string, bad *slip) {
	if tag, ok := strings.CutPrefix(s, "#"); ok {
		return "tag", tag, nil
	}
	m := fieldForm.FindStringSubmatch(s)
	if m == nil {
		return "", s, nil
	}
	if f, ok := named[strings.ToLower(m[1])]; ok {
		return f, s[len(m[1])+1:], nil
	}
	if strings.EqualFold(m[1], "topic") {
		return "", "", &slip{0, "topic: stands in a query only", "write query = 'topic:…' in the topic"}
	}
	if strings.HasPrefix(s[len(m[1]):], "://") {
		return "", "", &slip{0, "an address is no term", "write url: and a piece of the address, or site: and the host"}
	}
	help := "fields: " + fieldList + "; a colon in plain words is left out"
	if n := nearest(strings.ToLower(m[1])); n != "" {
		help = fmt.Sprintf("did you mean %q? (%s)", n+":", help)
	}
	return "", "", &slip{0, fmt.Sprintf("no field %q", m[1]), help}
}

// nearest is the field that a wrong word stands for or is a slip of, "" when
// none is near.
func nearest(word string) string {
	if f, ok := meant[word]; ok {
		return f
	}
	return closest(word, strings.Split(fieldList+", topic", ", "))
}

// closest is the word that another is a slip of, "" when none is close.
func closest(word string, among []string) string {
	best, least := "", 1+len(word)/3
	for _, f := range among {
		if d := distance(word, f); d < least || d == least && best == "" {
			best, least = f, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two ASCII words, a swap of neighbours
// counting two.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
		}
	}
	return row[len(b)]
}
