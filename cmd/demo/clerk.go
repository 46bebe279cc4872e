package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// clerk works with the staff's pages as a browser without a script does: she reads forms, fills them in and sends them.
type clerk struct {
	base   string
	client *http.Client
}

// newClerk signs in.
func newClerk(ctx context.Context, base, login, password string) (*clerk, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &clerk{base: base, client: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
	page, err := c.send(ctx, "/anmelden", "/anmelden", map[string]string{"anmeldename": login, "passwort": password})
	if err != nil {
		return nil, err
	}
	if find(page, func(n *html.Node) bool { return attr(n, "action") == "/abmelden" }) == nil {
		return nil, errors.New("demo: the clerk cannot sign in")
	}
	return c, nil
}

// open reads a page.
func (c *clerk) open(ctx context.Context, path string) (*html.Node, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	return c.read(req)
}

func (c *clerk) read(req *http.Request) (*html.Node, error) {
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("demo: the clerk's page: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("demo: the clerk's page %s says %s", req.URL.Path, resp.Status)
	}
	return html.Parse(resp.Body)
}

// send opens a page, fills in its form with that action, and sends it.
func (c *clerk) send(ctx context.Context, path, action string, fill map[string]string) (*html.Node, error) {
	page, err := c.open(ctx, path)
	if err != nil {
		return nil, err
	}
	form := find(page, func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action })
	if form == nil {
		return nil, fmt.Errorf("demo: the page %s has no form for %s", path, action)
	}
	values := url.Values{}
	each(form, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") != "" && attr(n, "type") == "hidden" {
			values.Set(attr(n, "name"), attr(n, "value"))
		}
	})
	for name, v := range fill {
		values.Set(name, v)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+action, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", c.base)
	req.Header.Set("Referer", c.base+path)
	return c.read(req)
}

var caseNumber = regexp.MustCompile(`^/vorgang/([A-Z0-9-]+)$`)

// cases lists the numbers on the worklist.
func (c *clerk) cases(ctx context.Context) ([]string, error) {
	page, err := c.open(ctx, "/arbeitsliste?sicht=alle")
	if err != nil {
		return nil, err
	}
	var numbers []string
	seen := map[string]bool{}
	each(page, func(n *html.Node) {
		if m := caseNumber.FindStringSubmatch(attr(n, "href")); n.Data == "a" && m != nil && !seen[m[1]] {
			seen[m[1]] = true
			numbers = append(numbers, m[1])
		}
	})
	return numbers, nil
}

func each(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		each(k, visit)
	}
}

func find(n *html.Node, want func(*html.Node) bool) (found *html.Node) {
	each(n, func(n *html.Node) {
		if found == nil && want(n) {
			found = n
		}
	})
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words is what a page says, without its marks.
func words(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// only gives the one case that the town has, waiting for it to arrive.
func (t *town) only(ctx context.Context) (*clerk, string, error) {
	c, err := newClerk(ctx, t.pages, t.clerk, t.password)
	if err != nil {
		return nil, "", err
	}
	for end := time.Now().Add(patience); ; {
		numbers, err := c.cases(ctx)
		if err != nil {
			return nil, "", err
		}
		if len(numbers) == 1 {
			return c, numbers[0], nil
		}
		if time.Now().After(end) {
			return nil, "", fmt.Errorf("demo: the clerk's worklist has %d cases, want 1", len(numbers))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// arrived waits until the application is a case at the town hall; "nothing" makes sure that none is there yet.
func (t *town) arrived(ctx context.Context, what string) error {
	if what == "nothing" {
		c, err := newClerk(ctx, t.pages, t.clerk, t.password)
		if err != nil {
			return err
		}
		numbers, err := c.cases(ctx)
		if err == nil && len(numbers) > 0 {
			err = fmt.Errorf("demo: the town hall has %d cases though the line is cut", len(numbers))
		}
		return err
	}
	_, _, err := t.only(ctx)
	return err
}

// clerkDoes lets the clerk decide: "bewilligen", or "rueckfrage TEXT", or "ablehnen TEXT"; "gelesen TEXT" waits until the case says so.
func (t *town) clerkDoes(ctx context.Context, what string) error {
	c, number, err := t.only(ctx)
	if err != nil {
		return err
	}
	act, text, _ := strings.Cut(what, " ")
	switch act {
	case "gelesen":
		return c.reads(ctx, number, text)
	case "veroeffentlichen":
		return c.publish(ctx, number, text)
	case "in-arbeit":
		return c.moves(ctx, number, "in_work", text, nil)
	case "erledigt":
		return c.moves(ctx, number, "approved", text, t.album.mended())
	}
	path := "/vorgang/" + number + "/" + act
	_, err = c.send(ctx, path, path, map[string]string{"text": text})
	return err
}

// reads waits until the case's page says the text.
func (c *clerk) reads(ctx context.Context, number, text string) error {
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		page, err := c.open(ctx, "/vorgang/"+number)
		if err != nil {
			return err
		}
		if strings.Contains(words(page), text) {
			return nil
		}
		if time.Now().After(end) {
			return errors.New("demo: the clerk's case does not say what it should")
		}
	}
}
