package config

import (
	"net/url"
	"strings"
)

const maxSources = 20_000

func (r *reader) checkSources(k *known) {
	if len(r.cfg.Sources) > maxSources {
		r.fail(r.at("sources"), "more need PostgreSQL and the import verb", "%d sources are over the limit of %d", len(r.cfg.Sources), maxSources)
	}
	byAddress := map[string]string{}
	for _, s := range r.cfg.Sources {
		path := "sources." + s.ID
		r.checkURL(path, s.URL)
		r.floor(path, s.Fetch)
		r.refer(path+".home", s.Home, "topic", k.topics)
		r.refer(path+".take", s.Take, "topic", k.topics)
		r.checkLang(path+".lang", s.Lang)
		where := sameAddress(s.URL)
		if other, twice := byAddress[where]; twice && where != "" {
			r.warn(r.at(path+".url"), "take one of them out", "%s has the address of sources.%s", path, other)
			continue
		}
		byAddress[where] = s.ID
	}
}

// checkLang checks a language that a source, a test or an edition names.
func (r *reader) checkLang(path, lang string) {
	if lang != "" && !isLang(lang) {
		r.fail(r.at(path), `write a code, as in "en" or "ar"`, "%s: %q is no language", path, lang)
	}
}

// checkURL never repeats an address: it may be a secret.
func (r *reader) checkURL(path, raw string) {
	if raw == "" {
		return // said already
	}
	key := "url"
	if r.cfg.places[path+".url"].file == nil {
		key = "url_file"
	}
	u, err := url.Parse(raw)
	switch {
	case !isWeb(u, err):
		r.fail(r.at(path+"."+key), `write the whole address, as in "https://example.org/feed/"`, "%s.%s is no http or https address", path, key)
	case u.User != nil && key == "url":
		r.fail(r.at(path+".url"), `put the address into a file and write url_file = "…"`, "%s.url holds a password", path)
	}
}

// sameAddress is equal for addresses that lead to the same feed: scheme, www,
// case of the host and a slash at the end make no other one.
func sameAddress(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	user := ""
	if u.User != nil {
		user = u.User.String() + "@"
	}
	return user + host + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}
