package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A reading is a document as `parse` prints it: the schema of common feed
// parser checkers. Times are RFC 3339; what is absent is "".
type reading struct {
	OK       bool          `json:"ok"`
	Error    string        `json:"error,omitempty"`
	Encoding string        `json:"encoding,omitempty"`
	Feed     *feedReading  `json:"feed,omitempty"`
	Items    []itemReading `json:"items"`
	Invalid  int           `json:"invalid,omitempty"`
	Over     int           `json:"over,omitempty"`
}

type feedReading struct {
	Title       string          `json:"title"`
	Link        string          `json:"link"`
	Description string          `json:"description"`
	Language    string          `json:"language"`
	Updated     string          `json:"updated"`
	ID          string          `json:"id"`
	Authors     []personReading `json:"authors"`
	Categories  []string        `json:"categories"`
	Rights      string          `json:"rights"`
	Image       string          `json:"image"`
	Generator   string          `json:"generator"`
}

type itemReading struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Link       string             `json:"link"`
	Published  string             `json:"published"`
	Updated    string             `json:"updated"`
	Summary    string             `json:"summary"`
	Content    string             `json:"content"`
	Lang       string             `json:"lang"`
	Words      int                `json:"words"`
	Image      string             `json:"image"`
	Authors    []personReading    `json:"authors"`
	Categories []string           `json:"categories"`
	Enclosures []enclosureReading `json:"enclosures"`
}

type personReading struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	URI   string `json:"uri"`
}

type enclosureReading struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Length string `json:"length"`
}

func parseCommand() *cobra.Command {
	var allow []string
	c := &cobra.Command{
		Use: "parse [FILE|URL]...", Short: "Print what wiredesk reads in documents, one line of JSON each",
		Long: "Reads each document as a poll would (normalise, parse, clean) and prints one line of JSON.\n" +
			"Without arguments the names come from standard input, one a line.",
		RunE: verb(func(c *cobra.Command, args []string) error {
			client, err := fetch.New(fetch.Options{UserAgent: "wiredesk/" + version, AllowNetworks: allow})
			if err != nil {
				return err
			}
			defer client.Close()
			if len(args) > 0 {
				return parseAll(c, client, args)
			}
			return parseStdin(c, client)
		}),
	}
	c.Flags().StringSliceVar(&allow, "allow-network", nil, "let the guarded dialer through, as in 127.0.0.1/32:8080")
	return c
}

// parseAll fails when one document could not be read; the others are printed.
func parseAll(c *cobra.Command, client *fetch.Client, names []string) error {
	bad := 0
	for _, name := range names {
		r := parseOne(c.Context(), client, name)
		if !r.OK {
			bad++
		}
		if err := printReading(c.OutOrStdout(), r); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d documents could not be read", bad, len(names))
	}
	return nil
}

func parseStdin(c *cobra.Command, client *fetch.Client) error {
	in := bufio.NewScanner(c.InOrStdin())
	for in.Scan() {
		if err := printReading(c.OutOrStdout(), parseOne(c.Context(), client, in.Text())); err != nil {
			return err
		}
	}
	return in.Err()
}

func printReading(w io.Writer, r reading) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

func parseOne(ctx context.Context, client *fetch.Client, name string) (r reading) {
	defer func() {
		if p := recover(); p != nil {
			r = reading{Error: fmt.Sprintf("a defect of wiredesk, please report it: panic: %v", p)}
		}
	}()
	body, meta, err := document(ctx, client, name)
	if err != nil {
		return reading{Error: err.Error()}
	}
	feed, err := aggregator.Read(body, meta)
	if err != nil {
		return reading{Error: err.Error()}
	}
	return read(feed)
}

// document gets the bytes of a file or, through the guarded client, of an address.
func document(ctx context.Context, client *fetch.Client, name string) ([]byte, feeds.Meta, error) {
	if !strings.HasPrefix(name, "http://") && !strings.HasPrefix(name, "https://") {
		body, err := os.ReadFile(name)
		return body, feeds.Meta{}, err
	}
	resp, err := client.Get(ctx, fetch.Request{URL: name})
	if errors.Is(err, fetch.ErrForbidden) {
		err = fmt.Errorf("%w in a config, with --allow-network here", err)
	}
	if err != nil {
		return nil, feeds.Meta{}, err
	}
	return resp.Body, aggregator.MetaOf(resp), nil
}

func read(f *feeds.Feed) reading {
	r := reading{
		OK: true, Encoding: f.Charset, Items: []itemReading{}, Invalid: f.Invalid, Over: f.Over,
		Feed: &feedReading{
			Title: f.Title, Link: f.Link, Description: f.Description, Language: f.Lang, Updated: stamp(f.Updated),
			ID: f.ID, Authors: people(f.Authors), Categories: terms(f.Categories), Rights: f.Rights,
			Image: f.Image, Generator: f.Generator,
		},
	}
	for i := range f.Items {
		r.Items = append(r.Items, readItem(&f.Items[i]))
	}
	return r
}

func readItem(it *feeds.Item) itemReading {
	r := itemReading{
		ID: it.ID, Title: it.Title, Link: it.Link, Published: stamp(it.Published), Updated: stamp(it.Updated),
		Summary: it.Summary, Content: it.Content, Lang: it.Lang, Words: it.Words, Image: it.Image, Authors: people(it.Authors),
		Categories: terms(it.Categories),
	}
	for _, e := range it.Enclosures {
		r.Enclosures = append(r.Enclosures, enclosureReading{e.URL, e.Type, length(e.Length)})
	}
	return r
}

func length(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func people(ps []feeds.Person) (out []personReading) {
	for _, p := range ps {
		out = append(out, personReading(p))
	}
	return out
}

func terms(cs []feeds.Category) (out []string) {
	for _, c := range cs {
		out = append(out, c.Term)
	}
	return out
}
