package web

import "testing"

func TestTheContactIsALinkWhereItIsAnAddress(t *testing.T) {
	for contact, want := range map[string]link{
		"mailto:desk@desk.example":   {Name: "desk@desk.example", URL: "mailto:desk@desk.example"},
		"https://desk.example/about": {Name: "https://desk.example/about", URL: "https://desk.example/about"},
		"desk@desk.example":          {Name: "desk@desk.example"},
		"javascript:alert(1)":        {Name: "javascript:alert(1)"},
	} {
		if got := reach(contact); got != want {
			t.Errorf("%s: %+v", contact, got)
		}
	}
}
