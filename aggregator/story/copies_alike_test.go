package story

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// backgrounds pairs reports of different news that end with the same
// paragraph of an agency's background.
func (m maker) backgrounds() (ps []goldPair) {
	for _, lang := range []string{"en", "ar", "fr"} {
		var rs []goldRow
		for _, r := range m.reports {
			if r.Lang == lang {
				rs = append(rs, r)
			}
		}
		fs := m.framesOf(lang, "background")
		for i := 0; i+4 < len(rs); i += 4 { // four on is another event
			a, b := rs[i], rs[i+4]
			if a.Event == b.Event {
				continue
			}
			para := "\n\n" + fs[len(ps)%len(fs)].Text
			ps = append(ps, ending("same background", a, b, para))
		}
	}
	for i, a := range m.reports {
		for _, b := range m.reports[i+1:] {
			if a.Statement != "" && a.Statement == b.Statement {
				para := "\n\n" + m.framesOf(a.Lang, "background")[0].Text
				p := ending("same statement and background", a, b, para)
				p.SameStory = true
				ps = append(ps, p)
			}
		}
	}
	return ps
}

// ending pairs two reports that both end with para.
func ending(kind string, a, b goldRow, para string) goldPair {
	p := goldPair{Kind: kind, A: a.goldText, B: b.goldText}
	p.A.Text, p.B.Text = a.Text+para, b.Text+para
	p.A.ID, p.B.ID = a.ID+"+"+b.ID, b.ID+"+"+a.ID
	return p
}

// bulletins pairs the days of a bulletin whose template is the same every day:
// within one outlet, and between two that run the same agency's.
func bulletins(t testing.TB) (ps []goldPair) {
	type bulletin struct {
		Series, Lang, Title, Text string // Text has {0}, {1} … for the day's figures
		Days                      [][]string
	}
	for _, row := range readGold[bulletin](t, "bulletins.jsonl") {
		var days []goldText
		for i, figures := range row.Days {
			var with []string
			for j, f := range figures {
				with = append(with, fmt.Sprintf("{%d}", j), f)
			}
			fill := strings.NewReplacer(with...)
			days = append(days, goldText{
				ID:     fmt.Sprintf("%s/%d", row.Series, i+1),
				Source: row.Series, Lang: row.Lang, Title: fill.Replace(row.Title), Text: fill.Replace(row.Text),
				At: time.Date(2024, 12, 9+i, 5, 0, 0, 0, time.UTC),
			})
		}
		for i, a := range days {
			for j, b := range days[i+1:] {
				p := goldPair{Kind: "daily bulletin", A: a, B: b}
				if (i+j)%3 == 0 {
					p.Kind, p.B.Source = "daily bulletin, another outlet", b.Source+"-relay"
				}
				ps = append(ps, p)
			}
		}
	}
	return ps
}
