package story

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/feeds"
)

const dispatch = `Residents of the old city opened their shops again on Monday morning, ` +
	`two days after the last checkpoints were taken down, and said they hoped the ` +
	`electricity would stay on long enough to keep bread warm through the evening.`

// says makes a piece of one text.
func says(record int64, source, title, text string) Piece {
	it := feeds.Item{Title: title, Text: text, Lang: "en"}
	return Piece{Record: record, Source: source, At: day, Came: day, Signature: Sign(&it)}
}

// holding is an index with these pieces, each under its own verdict.
func holding(ps ...Piece) *Index {
	x := NewIndex()
	for _, p := range ps {
		x.Add(p, x.Place(p))
	}
	return x
}

func TestEqualTextIsACopyWhateverItsTypography(t *testing.T) {
	x := holding(says(1, "a", "Shops open", dispatch))
	for name, text := range map[string]string{
		"same":   dispatch,
		"case":   strings.ToUpper(dispatch),
		"spaces": strings.ReplaceAll(dispatch, " ", "\u00a0 "),
	} {
		for _, source := range []string{"a", "b"} {
			if v := x.Place(says(2, source, "Shops open", text)); v.CopyOf != 1 || v.Story != 1 {
				t.Errorf("%s from %s: got %+v, want a copy of 1", name, source, v)
			}
		}
	}
}

func TestWhatIsNoCopy(t *testing.T) {
	french := says(2, "b", "Shops open", dispatch)
	french.Lang = "fr"
	late := says(2, "b", "Shops open", dispatch)
	late.At = day.Add(Window + time.Hour)
	apart := says(2, "b", "Shops open", dispatch)
	apart.Not = []int64{1}
	for name, p := range map[string]Piece{
		"another text of the source": says(2, "a", "Shops open", dispatch+" No more."),
		"another language":           french,
		"two weeks later":            late,
		"kept apart by hand":         apart,
	} {
		if v := holding(says(1, "a", "Shops open", dispatch)).Place(p); v.CopyOf != 0 {
			t.Errorf("%s: got %+v, want no copy", name, v)
		}
	}
	if v := holding(says(1, "a", "x", "No comment.")).Place(says(2, "b", "y", "No comment.")); v.CopyOf != 0 {
		t.Errorf("a short text: got %+v, want no copy", v)
	}
}

func TestCopiesNameTheOriginalNotEachOther(t *testing.T) {
	x := holding(says(1, "a", "Shops open", dispatch), says(2, "b", "Shops open", dispatch))
	x.Remove(1)
	if v := x.Place(says(3, "c", "Shops open", dispatch)); v.CopyOf != 1 || v.Story != 1 {
		t.Errorf("got %+v, want a copy of 1 though only its copy is held", v)
	}
}

func TestTheOperatorsWordStandsAboveEveryRule(t *testing.T) {
	x := holding(says(1, "a", "Shops open in the old city", dispatch))
	like := says(2, "b", "Shops open in the old city", "Shops opened in the old city on Monday.")
	if v := x.Place(like); v.Story != 1 || !strings.Contains(v.Rule, "cosine") || !strings.Contains(v.Rule, "words: open, city") {
		t.Fatalf("got %+v, want story 1 by its words", v)
	}
	like.Not = []int64{1}
	if v := x.Place(like); v.Story != 2 || v.Near.Story != 1 || v.Near.Reason != "kept apart by hand" {
		t.Errorf("kept apart: got %+v", v)
	}
	other := says(3, "b", "Rain in the hills", "Rain fell.")
	other.With = 1
	if v := x.Place(other); v.Story != 1 {
		t.Errorf("put together: got %+v", v)
	}
	x.Add(other, Verdict{Story: 3})
	x.Move(3, 1)
	x.Move(1, 9)
	if v := x.Place(says(4, "b", "Shops open in the old city", dispatch)); v.Story != 9 || v.CopyOf != 1 {
		t.Errorf("moved: got %+v, want a copy of 1 in story 9", v)
	}
}

func TestAStoryEnds(t *testing.T) {
	x := holding(says(1, "a", "Shops open in the old city", ""))
	for hours, want := range map[int]int64{1: 1, 71: 1, 73: 2} {
		p := says(2, "b", "Shops open in the old city", "")
		p.At = day.Add(time.Duration(hours) * time.Hour)
		if v := x.Place(p); v.Story != want {
			t.Errorf("%d h later: %+v, want story %d", hours, v, want)
		}
	}
	for i := int64(2); i <= 8; i++ { // told every two days, it ends all the same
		p := says(i, "b", "Shops open in the old city", "")
		p.At = day.Add(time.Duration(i-1) * 48 * time.Hour)
		v := x.Place(p)
		x.Add(p, v)
		if want := p.At.Sub(day) <= Longest; (v.Story == 1) != want {
			t.Errorf("day %v: %+v", p.At.Sub(day), v)
		}
	}
}

func TestRemovedAndTrimmedPiecesAreForgotten(t *testing.T) {
	x := NewIndex()
	for i := int64(1); i <= 2; i++ {
		p := says(i, "s", "", dispatch+strings.Repeat(" again", int(i)))
		p.Came = day.Add(time.Duration(i) * time.Hour)
		x.Add(p, x.Place(p))
	}
	x.Trim(day.Add(90 * time.Minute))
	if x.Len() != 1 {
		t.Fatalf("%d pieces after trim, want 1", x.Len())
	}
	x.Remove(2)
	if v := x.Place(says(9, "t", "", dispatch+" again again")); v.CopyOf != 0 || v.Story != 9 {
		t.Errorf("a removed piece was found: %+v", v)
	}
}

func TestStoriesInTwoLanguagesAreLinked(t *testing.T) {
	en := feeds.Item{
		Title: "Envoy meets leaders", Lang: "en", Link: "https://one.example/en/1", Image: "https://img.example/a/1.jpg",
		Text: "The envoy Geir Pedersen met Netanyahu and the minister Erdogan and spoke of 4,700 prisoners on Monday.",
	}
	ar := feeds.Item{
		Title: "المبعوث يلتقي القادة", Lang: "ar", Link: "https://two.example/ar/1", Image: "https://img.example/b/2.jpg",
		Text: "التقى المبعوث غير بيدرسن نتنياهو والوزير أردوغان وتحدث عن ٤٧٠٠ أسير يوم الاثنين.",
	}
	place := func(it feeds.Item) Verdict {
		x := NewIndex()
		p := Piece{Record: 1, Source: "a", At: day, Came: day, Signature: Sign(&en)}
		x.Add(p, x.Place(p))
		return x.Place(Piece{Record: 2, Source: "b", At: day, Came: day, Signature: Sign(&it)})
	}
	sameLink, sameImage, none := ar, ar, ar
	for _, it := range []*feeds.Item{&sameLink, &sameImage, &none} {
		it.Text = "لا شيء جديد اليوم."
	}
	sameLink.Link, sameImage.Image = en.Link, en.Image
	for name, row := range map[string]struct {
		item feeds.Item
		want []Link
	}{
		"names and figures": {ar, []Link{{1, "3 rare names and 1 figures in common"}}},
		"link":              {sameLink, []Link{{1, "same link"}}},
		"image":             {sameImage, []Link{{1, "same image"}}},
		"nothing":           {none, nil},
	} {
		v := place(row.item)
		if d := cmp.Diff(row.want, v.Links); d != "" || v.Story != 2 {
			t.Errorf("%s: story %d, %s", name, v.Story, d)
		}
	}
}

func TestSignaturesAreStoredWhole(t *testing.T) {
	it := feeds.Item{Title: "Shops open, 12 of 300", Text: dispatch + " Damascus counted 4,700.", Lang: "en-GB", Link: "https://one.example/a", Image: "https://one.example/b.jpg"}
	want := Sign(&it)
	b, err := want.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got Signature
	if err := got.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	want.said = nil
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Signature{})); d != "" {
		t.Error(d)
	}
	for n := range b {
		if err := new(Signature).UnmarshalBinary(b[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were taken for a signature", n, len(b))
		}
	}
	t.Logf("%d bytes for %d words", len(b), want.Words)
}

func FuzzUnmarshal(f *testing.F) {
	s := Sign(&feeds.Item{Title: "Shops open", Text: dispatch, Lang: "en"})
	b, _ := s.AppendBinary(nil)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Signature
		if s.UnmarshalBinary(b) == nil {
			NewIndex().Add(Piece{Record: 1, Signature: s}, Verdict{Story: 1})
		}
		var fr Frequencies
		_ = fr.UnmarshalBinary(b)
	})
}
