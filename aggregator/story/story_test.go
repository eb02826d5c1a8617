package story

import (
	"strings"
	"testing"
	"time"
)

var day = time.Date(2024, 12, 8, 9, 0, 0, 0, time.UTC)

const wire = `Residents of the old city opened their shops again on Monday morning, ` +
	`two days after the last checkpoints were taken down, and said they hoped the ` +
	`electricity would stay on long enough to keep bread warm through the evening.`

func piece(record int64, source, text string) Piece {
	sum, _ := Sign(text)
	return Piece{Record: record, Source: source, Lang: "en", At: day, Came: day, Sum: sum}
}

func TestEqualTextIsACopyWhateverItsTypography(t *testing.T) {
	x := NewIndex()
	first := piece(1, "a", wire)
	x.Add(first, x.Place(first))
	for name, text := range map[string]string{
		"same":   wire,
		"case":   strings.ToUpper(wire),
		"spaces": strings.ReplaceAll(wire, " ", "\u00a0 "),
	} {
		v := x.Place(piece(2, "b", text))
		if v.CopyOf != 1 || v.Story != 1 {
			t.Errorf("%s: got %+v, want a copy of 1", name, v)
		}
	}
}

func TestWhatIsNoCopy(t *testing.T) {
	other := piece(2, "b", wire)
	other.Lang = "fr"
	late := piece(2, "b", wire)
	late.At = day.Add(Window + time.Hour)
	for name, p := range map[string]Piece{
		"another text":     piece(2, "b", wire+" No more."),
		"another language": other,
		"two weeks later":  late,
		"a short text":     piece(2, "b", "No comment from the ministry."),
	} {
		x := NewIndex()
		first := piece(1, "a", wire)
		if name == "a short text" {
			first = piece(1, "a", "No comment from the ministry.")
		}
		x.Add(first, x.Place(first))
		if v := x.Place(p); v.CopyOf != 0 || v.Story != 2 {
			t.Errorf("%s: got %+v, want a story of its own", name, v)
		}
	}
}

func TestCopiesNameTheOriginalNotEachOther(t *testing.T) {
	x := NewIndex()
	for i := int64(1); i <= 3; i++ {
		p := piece(i, "s", wire)
		v := x.Place(p)
		x.Add(p, v)
		if i > 1 && v.CopyOf != 1 {
			t.Errorf("item %d: copy of %d, want 1", i, v.CopyOf)
		}
	}
}

func TestPlaceChangesNothing(t *testing.T) {
	x := NewIndex()
	p := piece(1, "a", wire)
	if a, b := x.Place(p), x.Place(p); a != b || x.Len() != 0 {
		t.Errorf("first %+v, then %+v, index of %d", a, b, x.Len())
	}
}

func TestRemovedAndTrimmedPiecesAreForgotten(t *testing.T) {
	x := NewIndex()
	for i := int64(1); i <= 2; i++ {
		p := piece(i, "s", wire+strings.Repeat(" again", int(i)))
		p.Came = day.Add(time.Duration(i) * time.Hour)
		x.Add(p, x.Place(p))
	}
	x.Trim(day.Add(90 * time.Minute))
	if x.Len() != 1 {
		t.Fatalf("%d pieces after trim, want 1", x.Len())
	}
	x.Remove(2)
	if v := x.Place(piece(9, "s", wire+" again again")); v.CopyOf != 0 {
		t.Errorf("a removed piece was found: %+v", v)
	}
}
