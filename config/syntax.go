package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// badUTF8 finds the first byte that is no text: a file saved in an old
// encoding, or as UTF-16.
func badUTF8(f *file) *Error {
	at := 0
	for at < len(f.data) {
		r, n := utf8.DecodeRune(f.data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return &Error{Pos: span{f, at, 0}.pos(), Msg: "the file is not UTF-8 here", Help: "save it as UTF-8"}
}

// syntaxError puts the library's message into our form and into plain words.
// Its row and column are kept; the column is counted in characters.
func syntaxError(f *file, err error) *Error {
	var d *toml.DecodeError
	if !errors.As(err, &d) {
		return &Error{Pos: Pos{File: f.name, Line: 1, Col: 1}, Msg: "not TOML: " + err.Error()}
	}
	row, col := d.Position()
	offset := 0
	for range row - 1 {
		offset += bytes.IndexByte(f.data[offset:], '\n') + 1
	}
	end := bytes.IndexByte(f.data[offset:], '\n') // the library counts bytes
	if end < 0 {
		end = len(f.data) - offset
	}
	at := offset + min(max(col-1, 0), end)
	t := trouble{file: f, at: at, before: string(f.data[offset:at]), after: string(f.data[at : offset+end])}
	msg, help := t.plain(strings.TrimPrefix(d.Error(), "toml: "))
	if key := t.key(); key != "" {
		msg = key + ": " + msg
	}
	e := errorAt(span{f, at, 0}, msg, help)
	e.Width = 1
	return &e
}

// A trouble is the place of a syntax error: the line before it and from it on.
type trouble struct {
	file          *file
	at            int
	before, after string
}

var (
	lastTable = regexp.MustCompile(`(?m)^[ \t]*\[+[ \t]*([A-Za-z0-9_."'-]+)[ \t]*\]`)
	lastKey   = regexp.MustCompile(`(?m)^[ \t]*([A-Za-z0-9_.-]+)[ \t]*=`)
)

// key names the value that the trouble is in, "" when it is in no value. It
// looks at lines only: the file cannot be parsed that far.
func (t trouble) key() string {
	text := string(t.file.data[:t.at])
	table := ""
	if m := lastTable.FindAllStringSubmatchIndex(text, -1); m != nil {
		last := m[len(m)-1]
		table, text = text[last[2]:last[3]], text[last[1]:]
	}
	m := lastKey.FindAllStringSubmatchIndex(text, -1)
	if m == nil {
		return ""
	}
	last := m[len(m)-1]
	rest := text[last[1]:]
	if end := strings.LastIndexByte(rest, '\n'); end >= 0 && !open(rest[:end]) {
		return "" // that value has ended
	}
	return join(table, text[last[2]:last[3]])
}

// open says whether a value of whole lines goes on in the next one.
func open(value string) bool {
	depth := 0
	for line := range strings.Lines(value) {
		code, _, _ := strings.Cut(line, "#")
		depth += strings.Count(code, "[") + strings.Count(code, "{") - strings.Count(code, "]") - strings.Count(code, "}")
	}
	return depth > 0 || strings.Count(value, `"""`)%2 == 1 || strings.Count(value, "'''")%2 == 1
}

// plain says what is wrong in the words of people who do not know TOML. The
// library's message only tells which case it is.
func (t trouble) plain(msg string) (plain, help string) {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(msg, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("after array value", "after inline table"):
		return "missing comma" + t.afterValue(), "a comma stands between two values"
	case has("at start of value", "expected value", "must be quoted", "expected keyword", "expected digit", "expected number"):
		return t.noValue()
	case has("expected newline"):
		return "something stands after the value: " + t.word(), `one key on each line; a text with ' in it stands in double quotes`
	case has("expected '=' after key", "start of key", "reached end of input", "table name"):
		return t.noKey(msg)
	case has("cannot have new lines", "unterminated", "not terminated"):
		return "the closing quote is missing", "a text ends with the quote it starts with"
	case has("escape"):
		return "a backslash starts an escape here, and this is none", "write the text in single quotes: there a backslash is a backslash"
	case has("control characters", "carriage return"):
		return "a control character stands here", "take it out"
	case has("already"):
		return t.twice(msg)
	case has("incomplete"):
		return "the bracket opened here or above is never closed", "write ] after the last value of a list, } after that of a table"
	case has("nested"):
		return "brackets are nested too deep", ""
	case has("leading zeroes"):
		return "a number does not start with 0", "put it in quotes if it is a text"
	default:
		return "not TOML: " + msg, "texts stand in quotes, list values between commas, tables as [name]"
	}
}

// afterValue names the text that ends before the trouble.
func (t trouble) afterValue() string {
	b := strings.TrimRight(t.before, " \t")
	if b == "" || masked(b) != b {
		return ""
	}
	quote := b[len(b)-1:]
	if quote != `'` && quote != `"` {
		return ""
	}
	start := strings.LastIndex(b[:len(b)-1], quote)
	if start < 0 {
		return ""
	}
	return " after " + b[start:]
}

// word is what stands at the trouble, up to the next separator; never a secret.
func (t trouble) word() string {
	line := t.before + t.after
	if masked(line) != line {
		return "…"
	}
	word := strings.TrimRight(t.after, "\r")
	switch end := strings.IndexAny(word, ",]}#=\t "); end {
	case -1:
	case 0:
		word = word[:1]
	default:
		word = word[:end]
	}
	return fmt.Sprintf("%q", word)
}

// noValue is said where a value should start and does not.
func (t trouble) noValue() (msg, help string) {
	after := strings.TrimSpace(t.after)
	first, _ := utf8.DecodeRuneInString(after)
	switch {
	case after == "" || first == '#':
		return "the value is missing", `write key = "value"`
	case t.before == "" || strings.HasPrefix(strings.TrimSpace(t.before), "[") && !strings.Contains(t.before, "="):
		return "a list above this line is never closed", `a list ends with ]; # starts a comment, so '#syria' needs its quotes`
	case strings.ContainsRune("“”„‘’«»`", first):
		return "this is no straight quote: " + t.word(), `write 'text' or "text"`
	case first == ',':
		return "a value is missing before the comma", "take one comma out"
	case strings.ContainsRune("}])", first):
		return t.word() + " stands where a value should", "close each bracket once, with its own kind"
	}
	switch strings.ToLower(strings.Trim(t.word(), `"`)) {
	case "true", "yes", "on":
		return t.word() + " is no value", "write true, in small letters"
	case "false", "no", "off":
		return t.word() + " is no value", "write false, in small letters"
	}
	return t.word() + " has no quotes", "texts and terms stand in quotes, as in 'Syria'"
}

// noKey is said where a key, or the end of one, should stand.
func (t trouble) noKey(msg string) (plain, help string) {
	first, _ := utf8.DecodeRuneInString(t.after)
	key := strings.TrimSpace(t.before)
	switch {
	case t.after != "" && first > unicode.MaxASCII:
		return "ids and keys are written in a-z, 0-9 and -", `title = "…" takes any script`
	case first == ':':
		return "a colon stands after " + key, "write " + key + ` = "…"`
	case strings.HasPrefix(key, "[") && first == ']' && strings.Trim(key, "[") == "":
		return "no name stands between the brackets", "write [site], or [sources.NAME]"
	case strings.HasPrefix(key, "[") && strings.HasSuffix(t.before, " "):
		return "a name in brackets holds no spaces", "write hyphens, as in [sources.bbc-world]"
	case strings.HasPrefix(key, "["):
		return "] is missing after " + key, "write " + strings.TrimRight(key, "]") + strings.Repeat("]", strings.Count(key, "["))
	case first == '=':
		return "no key stands before =", `write key = "value"`
	case strings.Contains(msg, "after key"):
		return "= is missing after " + key, "write " + key + ` = "…"`
	}
	return t.word() + " cannot start a key", `write key = "value", or [table]`
}

// twice is said of what the file has said already.
func (t trouble) twice(msg string) (plain, help string) {
	line := strings.TrimSpace(t.before + t.after)
	if name, _, ok := strings.Cut(line, "]"); ok && strings.HasPrefix(line, "[") {
		name += strings.Repeat("]", strings.Count(name, "["))
		if strings.Contains(msg, "array") {
			return name + " is written with [ ] and with [[ ]]", "write it one way"
		}
		return name + " stands in the file twice", "move the keys of both under one of them"
	}
	key, _, _ := strings.Cut(line, "=")
	where := "the file"
	if m := lastTable.FindAllSubmatch(t.file.data[:t.at], -1); m != nil {
		where = "[" + string(m[len(m)-1][1]) + "]"
	}
	return strings.TrimSpace(key) + " is set twice in " + where, "take one of them out"
}
