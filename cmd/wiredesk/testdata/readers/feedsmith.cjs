// Reads an address with feedsmith. It only parses: fetching, and asking again with
// the ETag of the first answer, is done here.
const { parseFeed } = require("feedsmith");

const seconds = (date) => Date.parse(date) / 1000;
const shapes = {
  rss: (feed) => feed.items.map((it) => ({
    ID: it.guid.value, Title: it.title, Link: it.link, Published: seconds(it.pubDate),
  })),
  atom: (feed) => feed.entries.map((e) => ({
    ID: e.id, Title: e.title.value, Link: e.links.find((l) => l.rel === "alternate").href, Published: seconds(e.published),
  })),
  json: (feed) => feed.items.map((it) => ({
    ID: it.id, Title: it.title, Link: it.url, Published: seconds(it.date_published),
  })),
};

async function main(url) {
  const first = await fetch(url);
  const { format, feed } = parseFeed(await first.text());
  await fetch(url, { headers: { "If-None-Match": first.headers.get("etag") } });
  console.log(JSON.stringify({ refused: "", entries: shapes[format](feed) }));
}

main(process.argv[2]);
