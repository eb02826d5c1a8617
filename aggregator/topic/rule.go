package topic

// A rule is one clause of a topic as the index finds it; what a topic makes of
// those found is for judge. There may be a million.
type rule struct {
	*place
	term     string  // as written
	wants    []want  // words in order
	wordless *clause // of what no word leads to: a regexp, or a field that is no running text
	leaf     *node   // of a query's term, else nil
	only     int8    // the only field it looks at, by number
	near     int8    // > 0: wants in any order, each at most so many words from the anchor
}

// A place is where rules stand: a list of a topic, or its query.
type place struct {
	topic *compiled
	order int32 // of the topic
	kind  int8
	lang  string // "all" also for ignore and reject
	list  string // "strong.en"
}

// Kinds of rules.
const (
	strong = iota
	weak
	ignore
	reject
	asked // of a query, and without points
)

// A want is one word of a rule.
type want struct {
	number uint32 // of the folded word
	stem   bool   // any ending
	exact  bool   // case and marks matter: it must be form
	marked bool   // it must be form, diacritics kept, when the language is a guess
	form   string
}

// Numbers of the running fields, in order of reading.
const (
	anyRunning = -1 // title, summary and body
	notRunning = -2
)

func fieldNumber(field string) int8 {
	switch field {
	case "":
		return anyRunning
	case "title":
		return 0
	case "summary":
		return 1
	case "body":
		return 2
	}
	return notRunning
}
