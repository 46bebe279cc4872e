package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"

	"golang.org/x/net/html"
)

// fill opens a page and gives its form with that action, as it stands: hidden values, and what is chosen or written already.
func (c *clerk) fill(ctx context.Context, path, action string) (*html.Node, map[string]string, error) {
	page, err := c.open(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	form := find(page, func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action })
	if form == nil {
		return nil, nil, fmt.Errorf("demo: the page %s has no form for %s", path, action)
	}
	values := map[string]string{}
	each(form, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") != "" && attr(n, "type") == "hidden" {
			values[attr(n, "name")] = attr(n, "value")
		}
	})
	return form, values, nil
}

// moves tells everybody who reported it how far a report is, with words and perhaps a photo.
func (c *clerk) moves(ctx context.Context, number, state, text string, photo []byte) error {
	path := "/vorgang/" + number + "/stand"
	_, values, err := c.fill(ctx, path, path)
	if err != nil {
		return err
	}
	values["stand"], values["text"] = state, text
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, v := range values {
		if err := w.WriteField(name, v); err != nil {
			return err
		}
	}
	if photo != nil {
		part, err := w.CreateFormFile("foto", "repariert.jpg")
		if err != nil {
			return err
		}
		if _, err := part.Write(photo); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", c.base)
	req.Header.Set("Referer", c.base+path)
	_, err = c.read(req)
	return err
}

// publish shows a report to everybody: other words than the citizen's, and her first photo with an area covered.
func (c *clerk) publish(ctx context.Context, number, text string) error {
	path := "/vorgang/" + number + "/veroeffentlichen"
	form, _, err := c.fill(ctx, path, path)
	if err != nil {
		return err
	}
	digest := ""
	each(form, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") == "foto" && digest == "" {
			digest = attr(n, "value")
		}
	})
	if digest == "" {
		return errors.New("demo: no photo is offered to be published")
	}
	if _, err := c.send(ctx, path, path, map[string]string{"text": text, "foto": digest, "flaechen": "40 60 200 160"}); err != nil {
		return err
	}
	return c.reads(ctx, number, text)
}

// photos gets a report's photos, as the clerk's browser does.
func (c *clerk) photos(ctx context.Context, number string) (all [][]byte, err error) {
	page, err := c.open(ctx, "/vorgang/"+number)
	if err != nil {
		return nil, err
	}
	ours := regexp.MustCompile(`^/vorgang/` + regexp.QuoteMeta(number) + `/foto/[0-9]+$`)
	each(page, func(n *html.Node) {
		if err != nil || n.Data != "img" || !ours.MatchString(attr(n, "src")) {
			return
		}
		var data []byte
		if data, err = c.file(ctx, attr(n, "src"), "image/jpeg"); err == nil {
			all = append(all, data)
		}
	})
	return all, err
}

// file gets a file of this type; who is not signed in must not.
func (c *clerk) file(ctx context.Context, path, kind string) ([]byte, error) {
	get := func(client *http.Client) (*http.Response, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
		if err != nil {
			return nil, err
		}
		return client.Do(req)
	}
	stranger, err := get(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
	if err != nil {
		return nil, fmt.Errorf("demo: the clerk's file: %w", err)
	}
	stranger.Body.Close()
	if stranger.StatusCode == http.StatusOK {
		return nil, fmt.Errorf("demo: %s is shown to strangers", path)
	}
	resp, err := get(c.client)
	if err != nil {
		return nil, fmt.Errorf("demo: the clerk's file: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != kind {
		return nil, fmt.Errorf("demo: the clerk's file %s: %s, %s", path, resp.Status, resp.Header.Get("Content-Type"))
	}
	return io.ReadAll(resp.Body)
}

var ofReports = regexp.MustCompile(`([0-9]+) bis [0-9]+ von ([0-9]+) Meldung`)

// reports lists all reports of defects by their numbers, in the order of the pages, and how many the town hall says there are.
func (c *clerk) reports(ctx context.Context) (numbers []string, total int, err error) {
	for n := 1; ; n++ {
		page, err := c.open(ctx, fmt.Sprintf("/maengel?sicht=alle&ansicht=liste&seite=%d", n))
		if err != nil {
			return nil, 0, err
		}
		said := ofReports.FindStringSubmatch(words(page))
		if said == nil {
			return numbers, total, nil
		}
		if total, err = strconv.Atoi(said[2]); err != nil {
			return nil, 0, err
		}
		before := len(numbers)
		each(page, func(n *html.Node) {
			if m := caseNumber.FindStringSubmatch(attr(n, "href")); n.Data == "a" && m != nil && attr(n, "class") == "main-link" {
				numbers = append(numbers, m[1])
			}
		})
		if len(numbers) >= total || len(numbers) == before {
			return numbers, total, nil
		}
	}
}
