# Fetches an address twice with feedparser, the second time with the validators
# that it kept of the first answer, and prints what it read.
import calendar, feedparser, json, sys

d = feedparser.parse(sys.argv[1])
feedparser.parse(sys.argv[1], etag=d.get("etag"), modified=d.get("modified"))
broken = bool(d.bozo) or not d.version
print(json.dumps({
    "refused": str(d.get("bozo_exception", "no feed")) if broken else "",
    "entries": [{
        "ID": e.get("id"), "Title": e.get("title"), "Link": e.get("link"),
        "Published": calendar.timegm(e.published_parsed),
    } for e in d.entries],
}))
