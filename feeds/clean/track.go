package clean

import (
	"slices"
	"strings"
)

// trackers are parameters that only say where a reader came from, by their
// vendors' own documentation. A name with a * is a prefix. A name that is an
// ordinary word somewhere else (smid is a seller at Amazon) has its hosts.
var trackers = []struct{ name, hosts string }{
	// Google Analytics and Ads, Matomo, Piano (AT Internet), Adobe, Comscore, Webtrekk
	{name: "utm_*"}, {name: "_ga"}, {name: "_gl"}, {name: "gclid"}, {name: "gclsrc"}, {name: "gbraid"}, {name: "wbraid"}, {name: "dclid"},
	{name: "mtm_*"}, {name: "piwik_*"}, {name: "pk_campaign"}, {name: "pk_cpn"}, {name: "pk_kwd"}, {name: "pk_keyword"}, {name: "pk_source"},
	{name: "pk_medium"}, {name: "pk_content"}, {name: "pk_cid"}, {name: "pk_vid"},
	{name: "xtor"}, {name: "at_medium"}, {name: "at_campaign"}, {name: "at_custom*"},
	{name: "s_cid"}, {name: "ns_campaign"}, {name: "ns_mchannel"}, {name: "ns_source"}, {name: "ns_linkname"}, {name: "wt_mc"}, {name: "wt_zmc"},
	// networks: Meta, Microsoft, Yandex, X, TikTok, LinkedIn
	{name: "fbclid"}, {name: "igshid"}, {name: "msclkid"}, {name: "yclid"}, {name: "ysclid"}, {name: "twclid"}, {name: "ttclid"}, {name: "li_fat_id"},
	{name: "ref_src", hosts: "twitter.com x.com"},
	// letters: HubSpot, Mailchimp, Marketo, Omeda, Vero
	{name: "hsa_*"}, {name: "_hsenc"}, {name: "_hsmi"}, {name: "__hs*"}, {name: "mc_cid"}, {name: "mc_eid"}, {name: "mkt_tok"}, {name: "oly_*"}, {name: "vero_*"},
	// publishers
	{name: "cmpid"}, {name: "ncid"}, {name: "ito"}, {name: "rb_clickid"}, {name: "traffic_source"}, {name: "feature_source"},
	{name: "smid", hosts: "nytimes.com"}, {name: "cmp", hosts: "theguardian.com"}, {name: "maca", hosts: "dw.com dw.de"},
}

// untrack takes trackers out of a query, or out of a fragment written like one
// (#xtor=RSS-1), and leaves the rest byte for byte.
func untrack(query, host string) string {
	if query == "" {
		return ""
	}
	keep := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(strings.TrimPrefix(pair, "?"), "=")
		return tracker(strings.ToLower(name), host)
	})
	return strings.Join(keep, "&")
}

func tracker(name, host string) bool {
	for _, t := range trackers {
		prefix, star := strings.CutSuffix(t.name, "*")
		if name != t.name && !(star && strings.HasPrefix(name, prefix)) {
			continue
		}
		if t.hosts == "" || slices.ContainsFunc(strings.Fields(t.hosts), func(h string) bool { return under(host, h) }) {
			return true
		}
	}
	return false
}

// under says whether host is domain or below it.
func under(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || rest[len(rest)-1] == '.')
}
