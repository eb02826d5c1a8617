package config

import "testing"

func TestSecretAddressesAreTold(t *testing.T) {
	for address, want := range map[string]bool{
		"https://sana.sy/?feed=rss2":                                                   false,
		"https://www.aa.com.tr/ar/rss/default?cat=guncel":                              false,
		"https://reliefweb.int/updates/rss.xml?search=Syria":                           false,
		"https://www.lemonde.fr/proche-orient/rss_full.xml":                            false,
		"https://x.example/a-very-long-name-of-an-article-from-2024/fd":                false,
		"https://www.youtube.com/feeds/videos.xml?channel_id=UCx5ZxEzVXvzN5zDZfRnH7pA": false,
		"https://me:hush@x.example/feed":                                               true,
		"https://x.example/feed?token=1":                                               true,
		"https://x.example/feed?access_token=1":                                        true,
		"https://x.example/feed?apiKey=1":                                              true,
		"https://x.example/feed?q=4f9d0a7c1e2b4f9d0a7c1e2b":                            true,
		"https://x.example/feed?4f9d0a7c1e2b4f9d0a7c1e2b":                              true,
		"https://x.example/private/4f9d0a7c1e2b4f9d0a7c1e2b/rss":                       true,
		"https://x.example/feed?a=%zz":                                                 true,
	} {
		if got := (&Source{URL: address}).Secret(); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	const plain = "https://x.example/feed"
	for name, s := range map[string]Source{
		"private": {URL: plain, Private: true}, "file": {URL: plain, fromFile: true}, "headers": {URL: plain, Headers: map[string]string{"A": "b"}},
	} {
		if !s.Secret() {
			t.Error(name)
		}
	}
}
