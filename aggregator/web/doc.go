// Package web serves and writes what the press prints, and the pages around it.
//
//	site := &web.Site{Press: press, Store: db, Plan: plans.Load, Log: log}
//	http.ListenAndServe(addr, site.Handler()) // over HTTP
//	n, err := site.Write(ctx, "public")       // the same bytes as files
//
// The addresses: / lists the editions, /ID/ is an edition's page, /ID.rss,
// /ID.atom and /ID.json are its feeds, /feeds.opml names them all, /status shows
// how the sources do. Everything is read-only, but for /websub/: there hubs send
// what is new in feeds, under addresses that only they know.
package web
