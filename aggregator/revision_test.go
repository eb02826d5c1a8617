package aggregator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/feeds"
)

const lorries = "Twelve lorries crossed at Bab al-Hawa on Monday. Drivers waited nine hours for papers. "

func TestWhatARevisionIs(t *testing.T) {
	for _, row := range []struct{ kind, old, now string }{
		{Cosmetic, lorries, strings.ReplaceAll(lorries, " ", "\n")},
		{Cosmetic, lorries, strings.ToUpper(lorries)},
		{Cosmetic, lorries + "Updated: 8 Dec 2024 12:05 GMT", lorries + "Updated: 8 Dec 2024 13:40 GMT"},
		{Cosmetic, lorries + "\nLast updated 3 hours ago", lorries + "\nLast updated 5 hours ago"},
		{Cosmetic, lorries + "1,204 views", lorries + "18,331 views"},
		{Cosmetic, lorries + "Comments: 4", lorries + "Comments: 61"},
		{Cosmetic, lorries + "4 min read", lorries + "5 min read"},
		{Cosmetic, lorries + "il y a 5 minutes", lorries + "il y a 2 heures"},
		{Cosmetic, lorries + "vor 5 Minuten", lorries + "vor 2 Stunden"},
		{Cosmetic, lorries + "hace 5 minutos", lorries + "hace 2 horas"},
		{Cosmetic, lorries + "5 dakika önce", lorries + "2 saat önce"},
		{Cosmetic, lorries + "منذ 5 دقائق", lorries + "منذ 2 ساعات"},
		{Cosmetic, lorries + "\nآخر تحديث: 12:05 8 ديسمبر", lorries + "\nآخر تحديث: 14:05 8 ديسمبر"},
		{Figures, "At least 5 people were killed in Homs.", "At least 7 people were killed in Homs."},
		{Figures, "قتل 5 أشخاص في حمص.", "قتل 7 أشخاص في حمص."},
		{Edited, lorries, strings.Replace(lorries, "Monday", "Tuesday", 1)},
		{Edited, lorries, lorries + "The crossing closes at night."},
		{Edited, "The minister updated 3 members on the talks.", "The minister updated 3 members on the attack."},
		{Corrected, lorries, lorries + "Correction: it was Tuesday."},
		{Corrected, lorries + "Correction: it was Tuesday.", lorries + "Correction: it was Wednesday."},
		{Corrected, "عبرت اثنتا عشرة شاحنة.", "عبرت ثلاث عشرة شاحنة.\nتصحيح: العدد ثلاث عشرة."},
		{Edited, lorries + "Correction: it was Tuesday.", lorries + "Nobody slept. Correction: it was Tuesday."},
	} {
		got := Revise(&feeds.Item{Title: "t", Text: row.old}, &feeds.Item{Title: "t", Text: row.now})
		if got.Kind != row.kind {
			t.Errorf("%q → %q is %s, want %s", row.old, row.now, got.Kind, row.kind)
		}
	}
}

func TestAMovedLinkIsARevisionAndATrackerIsNone(t *testing.T) {
	old := feeds.Item{Title: "t", Text: lorries, Link: "https://one.example/a?utm_source=rss"}
	for link, kind := range map[string]string{
		"https://one.example/a?utm_source=atom": Cosmetic,
		"https://one.example/b":                 Edited,
	} {
		now := old
		now.Link = link
		if got := Revise(&old, &now); got.Kind != kind {
			t.Errorf("%s: %s, want %s", link, got.Kind, kind)
		}
	}
}

func TestARevisionKeepsWhatChanged(t *testing.T) {
	got := Revise(
		&feeds.Item{Title: "Lorries cross", Text: "Twelve crossed. Drivers waited. Nobody spoke."},
		&feeds.Item{Title: "Lorries held", Text: "Drivers waited. Two were held. Nobody spoke."})
	want := Revision{Kind: Edited, Title: "Lorries cross", Removed: []string{"Twelve crossed."}, Added: []string{"Two were held."}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestACorrectionNeverRepeatsWhatWasTakenBack(t *testing.T) {
	old := &feeds.Item{Title: "Merchant Karim Nassar led the raid", Text: "Police say Karim Nassar led the raid. Nine were held."}
	for note, want := range map[string]string{
		"Correction: The raid was led by the police.":                                                    "Correction: The raid was led by the police.",
		"Correction: An earlier version named Karim Nassar as the leader.":                               "Correction",
		"Correction: The raid was led by the police. An earlier version named a merchant, Karim Nassar.": "Correction: The raid was led by the police.",
		"Clarification: Nine were held by police.":                                                       "Clarification: Nine were held by police.",
		"تصحيح: لم يقد karim nassar الحملة.":                                                             "تصحيح",
	} {
		now := &feeds.Item{Title: "Police lead a raid", Text: "Police led the raid. Nine were held.\n" + note}
		if got := Revise(old, now); got.Note != want {
			t.Errorf("%q shows %q, want %q", note, got.Note, want)
		}
	}
}

// The word "Correction" stood in the text before, and is gone from it but for the
// new correction: it says nothing that was taken back.
func TestASecondCorrectionIsShownInItsWords(t *testing.T) {
	for first, second := range map[string]string{
		"Correction: It was a Tuesday.": "Correction: Drivers waited a whole day.",
		"تصحيح: كان يوم الثلاثاء.":      "تصحيح: انتظر السائقون يوما كاملا.",
		"Fe de errores: Fue un martes.": "Fe de errores: Esperaron todo el viernes.",
	} {
		got := Revise(&feeds.Item{Title: "t", Text: lorries + "\n" + first}, &feeds.Item{Title: "t", Text: lorries + "\n" + second})
		if got.Note != second {
			t.Errorf("%q after %q shows %q", second, first, got.Note)
		}
	}
	again := Revise(&feeds.Item{Title: "t", Text: lorries + "\nCorrection: It was a Tuesday."},
		&feeds.Item{Title: "t", Text: lorries + "\nCorrection: It was a Friday, not a Tuesday."})
	if again.Note != "Correction" {
		t.Errorf("what the first correction said and the second takes back is shown: %q", again.Note)
	}
}

// revised is r after a revision of its publisher, as the store makes it.
func revised(r *Record, title, text string) *Record {
	now := *r
	now.Item.Title, now.Item.Text, now.Rev = title, text, r.Rev+1
	now.Item.Summary = text
	if change := Revise(&r.Item, &now.Item); change.Kind == Corrected {
		now.Note, now.NoteRev = change.Note, now.Rev
	}
	return &now
}

func TestACorrectedTitleLosesTheWordsTakenBackAndNoOthers(t *testing.T) {
	p := deskPlan("story")
	r := told(1, "a", 1, 0, noon)
	r.Item.Title, r.Item.Text = "Merchant Nassar led the raid", "Merchant Nassar led the raid at dawn."
	entries := round(p, nil, days, r)
	innocent := revised(r, "Police led the raid", "Police led the raid at dawn.\nCorrection: Police led the raid.")
	after := round(p, entries, days.Add(time.Hour), innocent)[0]
	if after.Lead.Title != "Police led the raid" || after.ID != entries[0].ID || !after.Updated.Equal(days.Add(time.Hour)) {
		t.Errorf("title %q, updated %v", after.Lead.Title, after.Updated)
	}
	later := revised(r, "Raid: what is known", "Merchant Nassar led the raid at dawn.\nCorrection: It was a Monday.")
	after = round(p, entries, days.Add(time.Hour), later)[0]
	if after.Lead.Title != r.Item.Title {
		t.Errorf("title %q, want it frozen", after.Lead.Title)
	}
}

func TestASecondCorrectionWaitsAndIsNotForgotten(t *testing.T) {
	p := deskPlan("story")
	r := told(1, "a", 1, 0, noon)
	r.Item.Text = lorries
	entries := round(p, nil, days, r)
	at := days.Add(time.Hour)
	one := revised(r, r.Item.Title, lorries+"\nCorrection: it was Tuesday.")
	entries = round(p, entries, at, one)
	two := revised(one, r.Item.Title, lorries+"\nCorrection: it was Wednesday.")
	l := newLayout(p, entries, at.Add(time.Hour))
	l.place(two)
	again := l.decision(two).Again
	if changed, _, _ := l.result(); len(changed) != 0 || !again.Equal(at.Add(correctPause)) {
		t.Fatalf("changed %v, again %v", changed, again)
	}
	after := round(p, entries, again, two)[0]
	if after.Lead.Note != two.Note || !after.Updated.Equal(again) {
		t.Errorf("note %q at %v", after.Lead.Note, after.Updated)
	}
}

func TestMovingCasualtyCountsUpdateNothing(t *testing.T) {
	p := deskPlan("story")
	r := told(1, "a", 1, 0, noon)
	r.Item.Title, r.Item.Text = "5 killed in Homs", "5 people were killed in Homs."
	entries := round(p, nil, days, r)
	for n, title := range []string{"7 killed in Homs", "9 killed in Homs", "12 killed in Homs"} {
		r = revised(r, title, strings.Replace(title, "killed", "people were killed", 1)+".")
		after := round(p, entries, days.Add(time.Duration(n)*8*time.Hour), r)
		if diff := cmp.Diff(entries, after); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
}

func TestWhatAPublisherWithdrawsIsToldOnceAndItsWordsAreGone(t *testing.T) {
	p := deskPlan("story")
	a, b := told(1, "a", 1, 0, noon), told(2, "b", 1, 0, noon.Add(time.Minute))
	a.Item.Title, a.Item.Summary = "Nassar did it", "Nassar did it, they say."
	entries := round(p, nil, days.Add(time.Hour), a, b)
	if len(entries) != 1 {
		t.Fatalf("%d entries, want one of both", len(entries))
	}
	back := *a
	back.Withdrawn, back.Matches, back.Story = days.Add(2*time.Hour), nil, 0
	after := round(p, entries, back.Withdrawn, &back)
	i := slices.IndexFunc(after, func(e Entry) bool { return e.ID == entries[0].ID })
	if i < 0 || len(after) != 2 {
		t.Fatalf("%+v, want the tombstone and an entry of what is left", after)
	}
	tomb, rest := after[i], after[1-i]
	if strings.Contains(body(&tomb)+tomb.Lead.Title+plainBody(&tomb), "Nassar") || !tomb.Updated.Equal(back.Withdrawn) ||
		!tomb.Published.Equal(entries[0].Published) || len(tomb.Also) != 0 {
		t.Errorf("tombstone %+v", tomb)
	}
	if rest.Lead.Record != b.ID {
		t.Errorf("the other outlet is not told: %+v", rest)
	}
	if again := round(p, after, days.Add(3*time.Hour), &back); cmp.Diff(after, again) != "" {
		t.Errorf("told twice: %s", cmp.Diff(after, again))
	}
	restored := revised(a, "Nassar was there", "Nassar was there.")
	given := round(p, after, days.Add(4*time.Hour), restored)
	i = slices.IndexFunc(given, func(e Entry) bool { return e.ID == entries[0].ID })
	if i < 0 || given[i].Lead.Title != "Nassar was there" || !given[i].Lead.Withdrawn.IsZero() {
		t.Errorf("not told again: %+v", given)
	}
}

func TestALaterPartDoesNotGoOnSayingWhatWasTakenBack(t *testing.T) {
	p := deskPlan("story")
	r := told(1, "a", 1, 0, noon)
	r.Item.Title, r.Item.Text = "Merchant Nassar led the raid", "Merchant Nassar led the raid at dawn."
	first := round(p, nil, days, r)[0]
	later := func() []Entry {
		second := Entry{
			Edition: "syria", ID: "tag:second", Story: 1, Part: 2, Published: days, Updated: days,
			Lead: Telling{Record: 9, Title: "Raid: two held"}, Earlier: &Earlier{ID: first.ID, Title: first.Lead.Title},
		}
		return []Entry{first, second}
	}
	withdrawn := *r
	withdrawn.Withdrawn, withdrawn.Matches, withdrawn.Story = days.Add(time.Hour), nil, 0
	corrected := revised(r, "Police led the raid", "Police led the raid at dawn.\nCorrection: Police led the raid.")
	for name, now := range map[string]*Record{"withdrawn": &withdrawn, "corrected": corrected} {
		after := round(p, later(), days.Add(time.Hour), now)
		i := slices.IndexFunc(after, func(e Entry) bool { return e.ID == "tag:second" })
		if i < 0 || strings.Contains(after[i].Earlier.Title, "Nassar") || !after[i].Updated.Equal(days) {
			t.Errorf("%s: %+v", name, after)
		}
	}
}
