package config

import "net/url"

// checkHub checks what an edition says of a WebSub hub.
func (r *reader) checkHub(e *Edition, path string) {
	if e.Hub == "" {
		return
	}
	u, err := url.Parse(e.Hub)
	switch at := r.at(path + ".hub"); {
	case err == nil && u.User != nil:
		r.fail(at, `write hub = "https://…"`, "%s.hub holds a password: it would stand in every feed", path)
	case !isWeb(u, err) || u.Fragment != "":
		r.fail(at, `write the whole address, as in "https://hub.example.org/"`, "%s.hub is no http or https address", path)
	case e.Private:
		r.fail(at, "leave hub or private out", "%s is private: a hub would be told its address", path)
	}
}
