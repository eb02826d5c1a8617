package config

import (
	"slices"
	"strings"
)

// synonyms are words of other programs for ours; where several of ours could be
// meant, the first that the table allows.
var synonyms = map[string]string{
	"exclude": "reject exclude_sources", "exlude": "reject exclude_sources", "never": "reject", "block": "reject", "not": "ignore", "unless": "ignore",
	"any": "strong", "languages": "langs", "keywords": "strong", "terms": "strong", "words": "strong", "match": "strong",
	"maybe": "weak", "filter": "query", "search": "query", "expression": "query", "keep_if": "query", "feed": "url", "link": "url", "href": "url", "xmlurl": "url", "language": "lang", "interval": "fetch",
	"every": "fetch", "schedule": "fetch", "cron": "fetch", "refresh": "fetch", "name": "title", "base": "base_url",
	"email": "contact", "address": "listen", "port": "listen", "retention": "keep", "feeds": "sources", "outputs": "editions",
	"channels": "sources", "priority": "weight", "threshold": "aim", "level": "aim", "limit": "items", "count": "items", "period": "span", "window": "span", "keep_days": "keep", "tz": "timezone",
}

// nearest is the allowed word closest to a wrong one, "" when none is close.
func nearest(word string, allowed []string) string {
	w := strings.ToLower(word)
	for _, s := range strings.Fields(synonyms[w]) {
		if slices.Contains(allowed, s) {
			return s
		}
	}
	best, at := "", 1+len([]rune(w))/3
	for _, a := range allowed {
		if max(len(a)-len(w), len(w)-len(a)) > 4*at {
			continue // too far apart by length alone; a letter has at most four bytes
		}
		if d := distance(w, strings.ToLower(a)); d <= at && (best == "" || d < at) {
			best, at = a, d
		}
	}
	return best
}

// distance is the Levenshtein distance between two words (Levenshtein 1966),
// a swap of neighbours counting one.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range t {
		rows[0][j+1] = j + 1
	}
	for i := range s {
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			d := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(s)][len(t)]
}

// mean words a suggestion: the nearest allowed word, and all of them when they
// are few.
func mean(word string, allowed []string) string {
	var parts []string
	if n := nearest(word, allowed); n != "" {
		parts = append(parts, `did you mean "`+n+`"?`)
	}
	if len(allowed) > 0 && len(allowed) <= 24 {
		parts = append(parts, "(allowed: "+strings.Join(allowed, ", ")+")")
	}
	return strings.Join(parts, " ")
}
