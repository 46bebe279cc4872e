package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/justinas/nosurf"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// reportPart is what a case's page has more when it reports a defect.
type reportPart struct {
	Number, CSRF               string
	Version                    int64
	Photos                     []photoView
	Map                        *plan
	Where, Words, Supports     string
	Urgency                    badge
	Main                       string
	Merged                     []string
	Near                       []double
	Public                     *publicView
	CanMove, CanShow, CanMerge bool
	First                      bool // telling how far it is comes first, not taking it over
}

type photoView struct {
	N                int
	URL, Alt, Digest string
	Width, Height    int
	Size             string
	Chosen           bool
}

type publicView struct{ Text, Photo, When string }

// report fills in what a report has more, and words what is different.
func (s *site) report(r *http.Request, p *casePage, name func(string) string) error {
	c := p.Case
	x := &reportPart{Number: c.Number, CSRF: nosurf.Token(r), Version: c.Version, Photos: photoViews(c), Where: s.where(c.Report.Place), Words: c.Report.Words,
		Main: c.Main, Merged: c.Report.Merged}
	x.Urgency = s.urgency(c)
	if !c.Open() {
		x.Urgency = badge{}
	}
	if n := c.Report.Supports; n > 0 {
		x.Supports = count(n, "anderer meldet", "andere melden") + " dasselbe. Was Sie hier mitteilen, erfahren alle."
	}
	if at, ok := s.point(c.Report.Place); ok {
		m := &plan{Title: "Karte: " + x.Where, Pins: []pin{{Tone: s.urgency(c).Tone, Label: "", Name: c.Title, at: at}}}
		f := frameOf(at, 260, 600, 340)
		f.draw(s.Town, m)
		f.pins(m)
		x.Map = m
	}
	alive := c.Main == "" && c.State != service.StateWithdrawn
	x.CanMove, x.CanMerge = alive, alive
	x.CanShow = alive && c.State != service.StateRejected
	if pub := c.Report.Public; pub != nil && pub.Shown {
		x.Public = &publicView{Text: pub.Text, When: s.dated(pub.At) + ", " + name(pub.Clerk)}
		if len(pub.Thumb) > 0 {
			x.Public.Photo = "/vorgang/" + c.Number + "/oeffentlich.jpg"
		}
	}
	if alive && c.Open() {
		near, err := s.Reports.Near(r.Context(), c)
		if err != nil {
			return err
		}
		for _, o := range near[:min(len(near), 5)] {
			x.Near = append(x.Near, s.double(o))
		}
	}
	p.Report = x
	for i, e := range c.History { // the page has the newest first
		if e.Kind == cases.EventApproved || e.Kind == cases.EventRejected {
			p.History[len(c.History)-1-i].Title = reportBadge(e.State).Text
		}
	}
	p.SeenTitle, p.DecideTitle = "Meldung, wie sie gestellt wurde", "Stand"
	p.Steps = s.reportSteps(c, name)
	p.CanTake = p.CanTake && alive
	x.First = !p.CanTake
	p.CanDecide = p.CanDecide && alive
	switch {
	case c.Main != "":
		p.DecideText = "Diese Meldung ist dasselbe wie " + c.Main + " und wird dort bearbeitet."
	case c.State == service.StateApproved:
		p.DecideText = "Erledigt. Kommt der Mangel wieder, stellen Sie den Stand zurück auf „In Arbeit“."
	case c.State == service.StateRejected:
		p.DecideText = "Hier war nichts zu machen. Sie können den Stand ändern."
	case c.State == service.StateWithdrawn:
		p.DecideText = "Die Meldung ist zurückgezogen."
	}
	return nil
}

func photoViews(c cases.Case) (out []photoView) {
	for i, f := range c.Photos {
		n := strconv.Itoa(i + 1)
		out = append(out, photoView{N: i + 1, URL: "/vorgang/" + c.Number + "/foto/" + n, Alt: "Foto " + n + " von " + strconv.Itoa(len(c.Photos)) + " zur Meldung",
			Digest: f.Digest, Width: f.Width, Height: f.Height, Size: size(f.Size)})
	}
	return out
}

// reportSteps is the way of a report from left to right.
func (s *site) reportSteps(c cases.Case, name func(string) string) []step {
	work := step{Label: "In Arbeit", Text: "noch niemand", Current: c.State == service.StateReceived || c.State == service.StateAsked || c.State == service.StateInWork}
	if c.Clerk != "" {
		work.Text = "bei " + strings.Replace(name(c.Clerk), "Sie", "Ihnen", 1)
	}
	if c.State == service.StateAsked {
		work.Text = "wartet auf Antwort"
	}
	end := step{Label: "Erledigt", Text: "steht aus"}
	if !c.Due.IsZero() {
		end.Text = "bis " + shortDay(c.Due, s.Zone)
	}
	if !work.Current {
		work.Done, end.Done, end.Label, end.Text = true, true, reportBadge(c.State).Text, ""
		if !c.Decided.IsZero() {
			end.Text = shortDay(c.Decided, s.Zone)
		}
	}
	return []step{{Label: "Eingang", Text: shortDay(c.Received, s.Zone), Done: true}, work, end}
}

// findReport is find for reports only.
func (s *site) findReport(w http.ResponseWriter, r *http.Request) (cases.Case, bool) {
	c, ok := s.find(w, r)
	if ok && c.Report == nil {
		s.notFound(w, r)
		return c, false
	}
	return c, ok
}

// version is the one that the clerk saw; -2, which no case has, when the form does not say.
func version(r *http.Request) int64 {
	if v, err := strconv.ParseInt(r.PostFormValue("fassung"), 10, 64); err == nil && v >= 0 {
		return v
	}
	return -2
}

// sendPicture sends a JPEG that nothing but an image can be made of. It is kept nowhere: see guard.
func sendPicture(w http.ResponseWriter, name string, data []byte) {
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Content-Disposition", `inline; filename="`+name+`.jpg"`)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	_, _ = w.Write(data)
}

// photoOf gets the photo that the address names.
func (s *site) photoOf(w http.ResponseWriter, r *http.Request) (c cases.Case, data []byte, ok bool) {
	c, ok = s.find(w, r)
	if !ok {
		return c, nil, false
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(c.Photos) {
		s.notFound(w, r)
		return c, nil, false
	}
	data, err = s.Reports.Photo(r.Context(), c.Number, c.Photos[n-1].Digest)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: photo: %w", err))
		return c, nil, false
	}
	return c, data, true
}

func (s *site) showPhoto(w http.ResponseWriter, r *http.Request) {
	if c, data, ok := s.photoOf(w, r); ok {
		sendPicture(w, c.Number+"-foto-"+r.PathValue("n"), data)
	}
}

// showCovered shows a photo as it would be published.
func (s *site) showCovered(w http.ResponseWriter, r *http.Request) {
	areas, err := readAreas(strings.Join(r.URL.Query()["flaeche"], "\n"))
	if err != nil {
		s.notFound(w, r)
		return
	}
	c, data, ok := s.photoOf(w, r)
	if !ok {
		return
	}
	s.drafts.darkroom <- struct{}{} // decoding costs memory
	out, err := publish.Covered(data, areas)
	<-s.drafts.darkroom
	if err != nil {
		s.notFound(w, r)
		return
	}
	sendPicture(w, c.Number+"-vorschau", out)
}

// showPublic shows the picture that everybody can see.
func (s *site) showPublic(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findReport(w, r)
	if !ok {
		return
	}
	if c.Report.Public == nil || len(c.Report.Public.Thumb) == 0 {
		s.notFound(w, r)
		return
	}
	sendPicture(w, c.Number+"-oeffentlich", c.Report.Public.Thumb)
}

// movePage is the page on which a clerk tells how far a report is.
type movePage struct {
	Number, Title, CSRF, State, Text, Problem, PhotoProblem, Others string
	Version                                                         int64
	States                                                          []choice
}

func (s *site) moveForm(r *http.Request, c cases.Case) movePage {
	p := movePage{Number: c.Number, Title: c.Title, CSRF: nosurf.Token(r), Version: c.Version, State: string(service.StateInWork)}
	if c.State == service.StateInWork {
		p.State = string(service.StateApproved)
	}
	if n := c.Report.Supports; n > 0 {
		p.Others = count(n, "anderer, der", "andere, die") + " dasselbe gemeldet " + map[bool]string{true: "hat, liest", false: "haben, lesen"}[n == 1] + " es mit."
	}
	return p
}

func (s *site) showMove(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findReport(w, r)
	if !ok {
		return
	}
	if c.Main != "" || c.State == service.StateWithdrawn {
		s.tooLate(w, r, c.Number, "")
		return
	}
	s.drawMove(w, r, http.StatusOK, s.moveForm(r, c))
}

func (s *site) drawMove(w http.ResponseWriter, r *http.Request, status int, p movePage) {
	for _, x := range []choice{
		{Value: string(service.StateInWork), Label: "In Arbeit", Hint: "Jemand kümmert sich, fertig ist es noch nicht."},
		{Value: string(service.StateApproved), Label: "Erledigt", Hint: "Der Mangel ist behoben."},
		{Value: string(service.StateRejected), Label: "Nicht möglich", Hint: "Die Stadt kann hier nichts tun. Schreiben Sie, warum und wer helfen kann."},
	} {
		x.Selected = x.Value == p.State
		p.States = append(p.States, x)
	}
	s.draw(w, r, status, "progress", shell{Title: "Stand mitteilen " + p.Number, Nav: "maengel"}, p)
}

func (s *site) doMove(w http.ResponseWriter, r *http.Request) {
	if err := sentForm(r); err != nil {
		s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "Das Foto ist zu groß. Wählen Sie ein kleineres."})
		return
	}
	c, ok := s.findReport(w, r)
	if !ok {
		return
	}
	p := s.moveForm(r, c)
	p.Version, p.State = version(r), r.PostFormValue("stand")
	p.Text = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"))
	if p.State == string(service.StateRejected) && p.Text == "" {
		p.Problem = "Schreiben Sie, warum hier nichts geht. Ohne einen Grund hilft die Antwort niemandem."
	}
	to := cases.Progress{State: service.State(p.State), Text: p.Text}
	if r.MultipartForm != nil {
		for _, file := range r.MultipartForm.File["foto"] {
			if file.Size == 0 && file.Filename == "" {
				continue
			}
			paper, err := s.answerPhoto(r, c)
			if err != nil {
				p.PhotoProblem = sentenceOf(err)
			}
			to.Photo = paper
			break
		}
	}
	if p.Problem != "" || p.PhotoProblem != "" {
		s.drawMove(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	if err := s.Reports.Move(r.Context(), c.Number, user(r).Login, to, p.Version); err != nil {
		s.refused(w, r, c.Number, p.Text, err)
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "mitgeteilt")
	http.Redirect(w, r, "/vorgang/"+c.Number, http.StatusSeeOther)
}

// answerPhoto makes of a clerk's photo what goes with an answer: smaller than what residents send, because everybody who has the same gets it.
func (s *site) answerPhoto(r *http.Request, c cases.Case) (*service.Paper, error) {
	p, err := s.prepare(r.MultipartForm.File["foto"][0])
	if err != nil {
		return nil, err
	}
	small, err := photo.Prepare(p.Data, photo.Options{Edge: 1280, Bytes: 200 << 10})
	if err != nil {
		return nil, err
	}
	return &service.Paper{Name: "foto-" + strconv.Itoa(len(c.Papers)+1) + ".jpg", Title: "Foto vom " + shortDay(s.Now(), s.Zone), Type: "image/jpeg", Data: small.JPEG}, nil
}

// reportStep carries out a step without a form of its own.
func (s *site) reportStep(flash string, do func(r *http.Request, number string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, ok := s.findReport(w, r)
		if !ok {
			return
		}
		if err := do(r, c.Number); err != nil {
			s.refused(w, r, c.Number, "", err)
			return
		}
		s.sessions.Put(r.Context(), keyFlash, flash)
		to := "/vorgang/" + c.Number
		if back := r.PostFormValue("zurueck"); back != "" {
			to = local(back)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

// merge says that a report is the same as the one that was typed or chosen.
func (s *site) merge(w http.ResponseWriter, r *http.Request) {
	into := strings.ToUpper(strings.TrimSpace(r.PostFormValue("mit")))
	main, err := s.Book.Get(r.Context(), into)
	if errors.Is(err, cases.ErrNotFound) || err == nil && main.Report == nil || into == r.PathValue("nummer") {
		s.say(w, r, http.StatusUnprocessableEntity, message{Icon: "arrows-join", Title: "Damit geht das nicht", Text: "Unter dieser Nummer gibt es keine andere Meldung. Es wurde nichts geändert.", Link: "/vorgang/" + r.PathValue("nummer"), LinkText: "Zur Meldung"})
		return
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: merge: %w", err))
		return
	}
	s.reportStep("zusammengelegt", func(r *http.Request, number string) error {
		return s.Reports.Merge(r.Context(), number, into, user(r).Login, version(r))
	})(w, r)
}

// reportRoutes lists the addresses that are there only where reports are worked.
func (s *site) reportRoutes(page func(pattern string, h http.HandlerFunc)) {
	page("GET /maengel", s.reportList)
	page("GET /vorgang/{nummer}/foto/{n}", s.showPhoto)
	page("GET /vorgang/{nummer}/foto/{n}/bedeckt", s.showCovered)
	page("GET /vorgang/{nummer}/oeffentlich.jpg", s.showPublic)
	page("GET /vorgang/{nummer}/stand", s.showMove)
	page("POST /vorgang/{nummer}/stand", s.doMove)
	page("GET /vorgang/{nummer}/veroeffentlichen", s.showPublish)
	page("POST /vorgang/{nummer}/veroeffentlichen", s.doPublish)
	page("POST /vorgang/{nummer}/zuruecknehmen", s.reportStep("zurueckgenommen", func(r *http.Request, number string) error {
		return s.Reports.Unpublish(r.Context(), number, user(r).Login, version(r))
	}))
	page("POST /vorgang/{nummer}/zusammenlegen", s.merge)
	page("POST /vorgang/{nummer}/trennen", s.reportStep("getrennt", func(r *http.Request, number string) error {
		return s.Reports.Split(r.Context(), number, user(r).Login, version(r))
	}))
}
