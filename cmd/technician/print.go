package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

type printCmd struct {
	Printer  string `required:"" placeholder:"ADDRESS" help:"As in kiosk.yaml: escpos+tcp, escpos+serial, escpos+file, ipp, ipps."`
	Service  string `default:"parkausweis-bewohner" help:"The service, by its folder."`
	Document string `required:"" placeholder:"NAME" help:"The document: slip, permit ..."`
	Data     string `required:"" placeholder:"FILE" type:"existingfile" help:"Day and answers, as in a service's examples/*.yaml. Made-up ones: the paper is seen by others."`
	Tenant   string `default:"stadt" help:"Whose service, by its folder."`
	Lang     string `default:"de" help:"de or en."`
	recording
}

// printed is what print says in the end.
type printed struct {
	OK    bool   `json:"ok"`
	Parts int    `json:"parts"`           // of the document, as they are cut; an A4 document counts as one
	Done  int    `json:"done"`            // confirmed by the printer
	Error string `json:"error,omitempty"` // why not all of them
}

// Run prints the document, marked as a sample. What it needs besides the answers is made up: a case number, and a key that opens nothing.
func (c printCmd) Run(h *hands) error {
	u, err := deviceURL(c.Printer)
	if err != nil {
		return err
	}
	doc, err := c.document()
	if err != nil {
		return err
	}
	parts, done := 1, 0
	switch {
	case u.Scheme == "ipp" || u.Scheme == "ipps":
		if c.Record != "" {
			return errors.New("print: an A4 printer is spoken to by HTTP, which --record does not record; take a network tracer such as tcpdump")
		}
		if err = c.sheet(h.ctx, u, doc); err == nil {
			done = 1
		}
	case strings.HasPrefix(u.Scheme, "escpos+"):
		parts = len(doc.Parts())
		done, err = c.slip(h.ctx, u, doc)
	default:
		return errors.New("print: --printer wants escpos+tcp, escpos+serial, escpos+file, ipp or ipps")
	}
	out := printed{OK: err == nil, Parts: parts, Done: done}
	if err != nil {
		out.Error = err.Error()
	}
	return errors.Join(h.print(out), err)
}

func (c printCmd) slip(ctx context.Context, u *url.URL, doc document.Document) (done int, err error) {
	o, err := escposOpts(u.Query())
	if err != nil {
		return 0, err
	}
	p := hardware.NewPrinter(func(ctx context.Context) (port.Port, error) { return c.open(ctx, u) }, o)
	defer func() { err = errors.Join(err, p.Close()) }()
	return p.Print(ctx, doc)
}

// escposOpts reads what an address says of a receipt printer.
func escposOpts(q url.Values) (o escpos.Opts, err error) {
	if o.Profile, err = escpos.Named(q.Get("profile")); err != nil {
		return o, err
	}
	for key, put := range map[string]func(int){"columns": func(n int) { o.Columns = n }, "codepage": func(n int) { o.CodePage = byte(n) }} {
		if s := q.Get(key); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 || n > 255 {
				return o, fmt.Errorf("print: %s wants a number from 1 to 255", key)
			}
			put(n)
		}
	}
	o.NoQR, o.NoCut = q.Get("qr") == "picture", q.Get("cut") == "no"
	return o, nil
}

func (c printCmd) sheet(ctx context.Context, u *url.URL, doc document.Document) error {
	var fonts pdf.Fonts
	for file, font := range map[string]*[]byte{"Regular": &fonts.Regular, "Bold": &fonts.Bold} {
		b, err := assets.FS.ReadFile("fonts/AtkinsonHyperlegibleNext-" + file + ".ttf")
		if err != nil {
			return fmt.Errorf("print: %w", err)
		}
		*font = b
	}
	file, err := pdf.Render(doc, fonts)
	if err != nil {
		return err
	}
	return ipp.New(&http.Client{Timeout: 30 * time.Second}, u, ipp.Opts{}).Print(ctx, "Muster", file)
}

// document makes the document of the data.
func (c printCmd) document() (document.Document, error) {
	catalogue, err := service.LoadCatalogue(assets.FS, c.Tenant)
	if err != nil {
		return document.Document{}, err
	}
	i := slices.IndexFunc(catalogue.Services(), func(s *service.Service) bool { return s.ID == c.Service })
	if i < 0 {
		return document.Document{}, fmt.Errorf("print: %s has no service %q", c.Tenant, c.Service)
	}
	s := catalogue.Services()[i]
	if !slices.Contains(s.Documents(), c.Document) {
		return document.Document{}, fmt.Errorf("print: %s has no document %q, but %s", c.Service, c.Document, strings.Join(s.Documents(), ", "))
	}
	data, err := c.data(s)
	if err != nil {
		return document.Document{}, err
	}
	doc, err := s.Document(c.Document, data)
	if err != nil {
		return document.Document{}, err
	}
	return sample(doc), nil
}

// data makes an application out of the file.
func (c printCmd) data(s *service.Service) (service.Data, error) {
	text, err := os.ReadFile(c.Data)
	if err != nil {
		return service.Data{}, fmt.Errorf("print: %w", err)
	}
	var example struct {
		Day     string         `yaml:"day"`
		Answers map[string]any `yaml:"answers"`
		Expect  any            `yaml:"expect"` // of the tests
	}
	if err := form.Decode(s.ID, c.Data, text, &example); err != nil {
		return service.Data{}, err
	}
	day, err := time.Parse(time.DateOnly, example.Day)
	if err != nil {
		return service.Data{}, fmt.Errorf("print: %s: day is not such as 2026-11-23", c.Data)
	}
	answers := s.Clean(form.Answers(example.Answers), day)
	view := s.View(answers, c.Lang, day)
	if !view.Complete {
		return service.Data{}, fmt.Errorf("print: %s: these answers are not complete, or not allowed", c.Data)
	}
	app := service.Application{Kind: service.KindApplication, ID: "muster", Service: s.ID, Version: s.Version, Tenant: c.Tenant, Lang: c.Lang,
		Day: example.Day, Answers: answers, Channel: "terminal", Way: pay.Free, At: day}
	if view.Fee != nil {
		app.Fee = view.Fee.Amount
	}
	if app.Fee > 0 && len(s.Ways) > 0 {
		app.Way = s.Ways[0]
	}
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		return service.Data{}, err
	}
	app.Recipient = recipient
	if app.Case, err = service.NewCase(rand.Reader, "XX", day.Year()); err != nil {
		return service.Data{}, err
	}
	return service.Data{Application: app, Outcome: &pay.Outcome{Amount: app.Fee, Way: app.Way, At: day}, Secret: secret, Attestation: "muster",
		Today: day, Settled: true}, nil
}

// sample marks every part: a test slip must not lie behind a windscreen.
func sample(d document.Document) document.Document {
	mark := document.Block{Kind: document.Heading, Level: 2, Center: true, Text: "MUSTER - UNGÜLTIG"}
	if d.Lang == "en" {
		mark.Text = "SAMPLE - NOT VALID"
	}
	blocks := []document.Block{mark}
	for _, b := range d.Blocks {
		if blocks = append(blocks, b); b.Kind == document.Cut {
			blocks = append(blocks, mark)
		}
	}
	d.Blocks = blocks
	return d
}
