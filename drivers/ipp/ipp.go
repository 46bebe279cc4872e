// Package ipp prints PDF files on an A4 printer over the Internet Printing Protocol (RFC 8010, RFC 8011, PWG 5100.1 for finishing states):
// a printer of its own in the network, or a queue of CUPS.
package ipp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/OpenPrinting/goipp"
)

// What can go wrong. They are wrapped with what the printer said.
var (
	ErrUnreachable = errors.New("ipp: printer does not answer")
	ErrNoPaper     = errors.New("ipp: no paper")
	ErrCoverOpen   = errors.New("ipp: cover open")
	ErrStopped     = errors.New("ipp: printer is stopped")
	ErrRefused     = errors.New("ipp: printer refused")
	ErrAborted     = errors.New("ipp: page was not printed")
)

// a4 is the medium, by its name in PWG 5101.1. Without it many printers take US letter.
const a4 = "iso_a4_210x297mm"

// Opts says how the printer is asked. The zero value is good.
type Opts struct {
	User string        // requesting-user-name, "rathausnah" if empty; it is on the printer's lists, so never a citizen's name
	Poll time.Duration // between two questions whether the page is done, 0 for 500 ms
}

// Dev is a printer at an address.
type Dev struct {
	hc     *http.Client
	target string // http address
	uri    string // printer-uri
	o      Opts
	id     atomic.Uint32
}

// New makes a printer of its address, such as ipp://localhost:631/printers/a4 or ipps://. The client's time limit, if it has one, counts for
// a single request.
func New(hc *http.Client, printer *url.URL, o Opts) *Dev {
	if o.User == "" {
		o.User = "rathausnah"
	}
	if o.Poll <= 0 {
		o.Poll = 500 * time.Millisecond
	}
	uri := *printer
	uri.RawQuery, uri.Fragment = "", ""
	web := uri
	switch uri.Scheme {
	case "ipps", "https":
		uri.Scheme, web.Scheme = "ipps", "https"
	default:
		uri.Scheme, web.Scheme = "ipp", "http"
	}
	if web.Port() == "" {
		web.Host += ":631" // IPP's own port, also for ipps (RFC 7472)
	}
	return &Dev{hc: hc, target: web.String(), uri: uri.String(), o: o}
}

// Ready tells whether a page could be printed now: nil, or one of ErrUnreachable, ErrNoPaper, ErrCoverOpen, ErrStopped and ErrRefused.
func (d *Dev) Ready(ctx context.Context) error {
	m := d.request(goipp.OpGetPrinterAttributes)
	m.Operation.Add(goipp.MakeAttr("requested-attributes", goipp.TagKeyword, goipp.String("printer-state"),
		goipp.String("printer-state-reasons"), goipp.String("printer-is-accepting-jobs")))
	answer, err := d.send(ctx, m, nil)
	if err != nil {
		return err
	}
	state, reasons := number(answer.Printer, "printer-state"), words(answer.Printer, "printer-state-reasons")
	if err := fault(reasons); err != nil {
		return err
	}
	if state == printerStopped {
		return fmt.Errorf("%w: %s", ErrStopped, strings.Join(reasons, ", "))
	}
	if accepting, ok := value(answer.Printer, "printer-is-accepting-jobs").(goipp.Boolean); ok && !bool(accepting) {
		return fmt.Errorf("%w: takes no jobs", ErrStopped)
	}
	return nil
}

// States of printers and jobs (RFC 8011 5.4.11, 5.3.7).
const (
	printerStopped = 5
	jobStopped     = 6
	jobCanceled    = 7
	jobAborted     = 8
	jobCompleted   = 9
)

// fault finds the first state reason that keeps a page from being printed. Keywords are compared by their stem: a printer may add -error,
// -warning or -report (RFC 8011 5.4.12), and only a report or warning is no obstacle.
func fault(reasons []string) error {
	for _, r := range reasons {
		if strings.HasSuffix(r, "-report") || strings.HasSuffix(r, "-warning") {
			continue
		}
		var err error
		switch stem := strings.TrimSuffix(r, "-error"); stem {
		case "media-empty", "media-needed", "input-tray-missing":
			err = ErrNoPaper
		case "cover-open", "door-open", "interlock-open", "input-cover-open", "output-cover-open":
			err = ErrCoverOpen
		case "media-jam", "toner-empty", "marker-supply-empty", "developer-empty", "fuser-over-temp", "fuser-under-temp", "marker-waste-full",
			"output-area-full", "output-tray-missing", "spool-area-full", "timed-out", "shutdown", "paused", "stopped-partly", "connecting-to-device", "offline":
			err = ErrStopped
		default:
			continue
		}
		return fmt.Errorf("%w: %s", err, r)
	}
	return nil
}

// Print prints the file on A4 and returns when the printer says that it is done. name stands on the printer's display and lists, so it says
// nothing about a person. Ending ctx cancels the job at the printer. While paper is missing in the middle of a job it ends with ErrNoPaper
// and the job is cancelled, so that a repeat does not print it twice.
func (d *Dev) Print(ctx context.Context, name string, pdf []byte) error {
	m := d.request(goipp.OpPrintJob)
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(d.o.User)))
	m.Operation.Add(goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(short(name))))
	m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String("application/pdf")))
	m.Job.Add(goipp.MakeAttribute("media", goipp.TagKeyword, goipp.String(a4)))
	m.Job.Add(goipp.MakeAttribute("copies", goipp.TagInteger, goipp.Integer(1)))
	answer, err := d.send(ctx, m, pdf)
	if err != nil {
		return err
	}
	job := number(answer.Job, "job-id")
	if job == 0 {
		return fmt.Errorf("%w: it gave the page no number", ErrRefused)
	}
	for {
		state, reasons := number(answer.Job, "job-state"), words(answer.Job, "job-state-reasons")
		switch state {
		case jobCompleted:
			return nil
		case jobCanceled, jobAborted:
			if err := d.Ready(ctx); err != nil { // the printer's own trouble says more than "aborted"
				return fmt.Errorf("%w: %w", ErrAborted, err)
			}
			return fmt.Errorf("%w: %s", ErrAborted, strings.Join(reasons, ", "))
		case jobStopped:
			return d.cancel(ctx, job, d.why(ctx, reasons))
		}
		select {
		case <-ctx.Done():
			return d.cancel(ctx, job, fmt.Errorf("ipp: print: %w", ctx.Err()))
		case <-time.After(d.o.Poll):
		}
		if answer, err = d.job(ctx, job); err != nil {
			return d.cancel(ctx, job, err)
		}
		// CUPS keeps a job "processing" while its printer waits for paper.
		if err := d.Ready(ctx); errors.Is(err, ErrNoPaper) || errors.Is(err, ErrCoverOpen) {
			if s := number(answer.Job, "job-state"); s != jobCompleted {
				return d.cancel(ctx, job, err)
			}
		}
	}
}

func (d *Dev) why(ctx context.Context, reasons []string) error {
	if err := d.Ready(ctx); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", ErrStopped, strings.Join(reasons, ", "))
}

func (d *Dev) job(ctx context.Context, job int) (*goipp.Message, error) {
	m := d.request(goipp.OpGetJobAttributes)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(job)))
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(d.o.User)))
	m.Operation.Add(goipp.MakeAttr("requested-attributes", goipp.TagKeyword, goipp.String("job-state"), goipp.String("job-state-reasons")))
	return d.send(ctx, m, nil)
}

// cancel takes the job back, also after ctx ended, and gives cause.
func (d *Dev) cancel(ctx context.Context, job int, cause error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	m := d.request(goipp.OpCancelJob)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(job)))
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(d.o.User)))
	if _, err := d.send(ctx, m, nil); err != nil {
		return fmt.Errorf("%w (and it could not be taken back: %w)", cause, err)
	}
	return cause
}

func (d *Dev) request(op goipp.Op) *goipp.Message {
	m := goipp.NewRequest(goipp.DefaultVersion, op, d.id.Add(1))
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("de")))
	m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(d.uri)))
	return m
}

// most is how long an answer may be; printers with every attribute stay far below.
const most = 4 << 20

func (d *Dev) send(ctx context.Context, m *goipp.Message, file []byte) (*goipp.Message, error) {
	head, err := m.EncodeBytes()
	if err != nil {
		return nil, fmt.Errorf("ipp: encode: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.target, io.MultiReader(bytes.NewReader(head), bytes.NewReader(file)))
	if err != nil {
		return nil, fmt.Errorf("ipp: request: %w", err)
	}
	req.ContentLength = int64(len(head) + len(file)) // many printers know no chunks
	req.Header.Set("Content-Type", goipp.ContentType)
	req.Header.Set("Accept", goipp.ContentType)
	resp, err := d.hc.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("ipp: send: %w", ctx.Err())
		}
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: HTTP %d", ErrUnreachable, resp.StatusCode)
	}
	if t := resp.Header.Get("Content-Type"); !strings.HasPrefix(t, goipp.ContentType) {
		return nil, fmt.Errorf("%w: the answer is no IPP", ErrUnreachable)
	}
	var answer goipp.Message
	if err := answer.Decode(io.LimitReader(resp.Body, most)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if s := goipp.Status(answer.Code); s >= 0x0100 {
		return nil, fmt.Errorf("%w: %s", ErrRefused, s)
	}
	return &answer, nil
}

func value(attrs goipp.Attributes, name string) goipp.Value {
	for _, a := range attrs {
		if a.Name == name && len(a.Values) > 0 {
			return a.Values[0].V
		}
	}
	return nil
}

func number(attrs goipp.Attributes, name string) int {
	n, _ := value(attrs, name).(goipp.Integer)
	return int(n)
}

func words(attrs goipp.Attributes, name string) []string {
	var out []string
	for _, a := range attrs {
		if a.Name == name {
			for _, v := range a.Values {
				out = append(out, v.V.String())
			}
		}
	}
	return out
}

// short keeps a name within the 255 bytes of the type name(MAX).
func short(name string) string {
	if len(name) > 255 {
		name = strings.ToValidUTF8(name[:255], "")
	}
	return name
}
