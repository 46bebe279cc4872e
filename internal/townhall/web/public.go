package web

import (
	"errors"
	"fmt"
	"image"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/justinas/nosurf"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// publicPage is the page on which a clerk chooses what everybody may see.
type publicPage struct {
	Number, Title, CSRF, Text, Areas, Problem, Words, Preview, Where string
	Version                                                          int64
	Photos                                                           []photoView
	None, Shown                                                      bool
}

func (s *site) showPublish(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findReport(w, r)
	if !ok {
		return
	}
	p := s.publicForm(r, c)
	if pub := c.Report.Public; pub != nil && pub.Shown {
		p.Text, p.Areas = pub.Text, writeAreas(pub.Areas)
		p.choose(pub.Photo)
	}
	s.draw(w, r, http.StatusOK, "publish", shell{Title: "Veröffentlichen " + c.Number, Nav: "maengel"}, p)
}

func (s *site) publicForm(r *http.Request, c cases.Case) publicPage {
	return publicPage{Number: c.Number, Title: c.Title, CSRF: nosurf.Token(r), Version: c.Version, Words: c.Report.Words, Text: c.Report.Words, Photos: photoViews(c),
		None: true, Where: s.where(c.Report.Place), Shown: c.Report.Public != nil && c.Report.Public.Shown}
}

func (p *publicPage) choose(digest string) {
	p.None = true
	for i := range p.Photos {
		p.Photos[i].Chosen = p.Photos[i].Digest == digest
		p.None = p.None && !p.Photos[i].Chosen
	}
}

func (s *site) doPublish(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findReport(w, r)
	if !ok {
		return
	}
	p := s.publicForm(r, c)
	p.Version, p.Text, p.Areas = version(r), strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")), r.PostFormValue("flaechen")
	digest := r.PostFormValue("foto")
	p.choose(digest)
	areas, err := readAreas(p.Areas)
	switch {
	case err != nil:
		p.Problem = "In einer Zeile stehen nicht vier Zahlen: links, oben, Breite und Höhe in Bildpunkten."
	case p.None:
		areas, digest = nil, ""
	}
	if p.Problem == "" && r.PostFormValue("vorschau") != "" {
		for _, f := range p.Photos {
			if f.Chosen {
				v := url.Values{}
				for _, line := range strings.Fields(strings.ReplaceAll(writeAreas(areas), " ", ",")) {
					v.Add("flaeche", line)
				}
				p.Preview = f.URL + "/bedeckt?" + v.Encode()
			}
		}
	} else if p.Problem == "" {
		err := s.Reports.Publish(r.Context(), c.Number, user(r).Login, p.Text, digest, areas, p.Version)
		switch {
		case errors.Is(err, cases.ErrPhoto):
			p.Problem = "Eine Fläche liegt neben dem Foto. Sehen Sie die Zahlen bitte noch einmal nach."
		case err != nil:
			s.refused(w, r, c.Number, p.Text, err)
			return
		default:
			s.sessions.Put(r.Context(), keyFlash, "veroeffentlicht")
			http.Redirect(w, r, "/vorgang/"+c.Number, http.StatusSeeOther)
			return
		}
	}
	status := http.StatusOK
	if p.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.draw(w, r, status, "publish", shell{Title: "Veröffentlichen " + c.Number, Nav: "maengel"}, p)
}

// maxAreas is how many areas of a photo can be covered.
const maxAreas = 30

// errAreas says that somebody typed something else than areas. What it was is not repeated.
var errAreas = errors.New("web: no areas")

// readAreas reads one area a line: left, top, width and height in pixels.
func readAreas(text string) ([]image.Rectangle, error) {
	var out []image.Rectangle
	for line := range strings.Lines(text) {
		parts := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' || r == '\r' || r == '\n' })
		if len(parts) == 0 {
			continue
		}
		var n [4]int
		if len(parts) != 4 || len(out) == maxAreas {
			return nil, errAreas
		}
		for i, part := range parts {
			v, err := strconv.Atoi(part)
			if err != nil || v < 0 || v > 1<<16 {
				return nil, errAreas
			}
			n[i] = v
		}
		if n[2] == 0 || n[3] == 0 {
			return nil, errAreas
		}
		out = append(out, image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3]))
	}
	return out, nil
}

func writeAreas(areas []image.Rectangle) string {
	var b strings.Builder
	for _, a := range areas {
		fmt.Fprintf(&b, "%d %d %d %d\n", a.Min.X, a.Min.Y, a.Dx(), a.Dy())
	}
	return b.String()
}
