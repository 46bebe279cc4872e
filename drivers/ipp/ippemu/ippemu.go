// Package ippemu is an A4 printer that exists only as an http.Handler: it speaks IPP, keeps what it "prints" as PDF files, and has faults on
// request.
package ippemu

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/OpenPrinting/goipp"
)

// Fault is what is wrong with the printer, in a word.
type Fault string

const (
	None      Fault = ""
	NoPaper   Fault = "no-paper"   // media-empty-error; jobs wait
	CoverOpen Fault = "cover-open" // cover-open-error; jobs wait
	Stopped   Fault = "stopped"    // printer-state stopped; jobs wait
	Aborts    Fault = "aborts"     // takes jobs and aborts them
	Refuses   Fault = "refuses"    // takes no PDF
	Busy      Fault = "busy"       // a job stays in processing
	Silent    Fault = "silent"     // hangs up
)

// Faults lists every fault, for help texts.
func Faults() []Fault { return []Fault{NoPaper, CoverOpen, Stopped, Aborts, Refuses, Busy, Silent} }

// Opts says what the printer is like.
type Opts struct {
	Dir   string       // where page-N.pdf is written when a job is done; empty: nowhere
	Fault func() Fault // asked at every request; nil: nothing is wrong
}

// Job is something that was to be printed.
type Job struct {
	Number int
	Name   string
	Media  string
	PDF    []byte
	State  int // RFC 8011 5.3.7: 3 pending, 5 processing, 7 canceled, 8 aborted, 9 completed
}

// Printer is an http.Handler.
type Printer struct {
	o    Opts
	mu   sync.Mutex
	jobs []*Job
}

// New makes a printer.
func New(o Opts) *Printer {
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	return &Printer{o: o}
}

// Jobs gives what was sent so far, oldest first.
func (p *Printer) Jobs() []Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Job
	for _, j := range p.jobs {
		out = append(out, *j)
	}
	return out
}

const (
	pending    = 3
	processing = 5
	canceled   = 7
	aborted    = 8
	completed  = 9
)

// ServeHTTP answers one IPP request.
func (p *Printer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.o.Fault() == Silent {
		panic(http.ErrAbortHandler)
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != goipp.ContentType {
		http.Error(w, "this is a printer", http.StatusBadRequest)
		return
	}
	var m goipp.Message
	if err := m.Decode(r.Body); err != nil {
		http.Error(w, "not IPP", http.StatusBadRequest)
		return
	}
	file, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil {
		http.Error(w, "cut off", http.StatusBadRequest)
		return
	}
	answer := p.answer(&m, file)
	answer.Version, answer.RequestID = m.Version, m.RequestID
	b, err := answer.EncodeBytes()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	_, _ = w.Write(b)
}

func (p *Printer) answer(m *goipp.Message, file []byte) *goipp.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.work()
	if text(m.Operation, "attributes-charset") == "" || text(m.Operation, "printer-uri") == "" {
		return reply(goipp.StatusErrorBadRequest)
	}
	switch goipp.Op(m.Code) {
	case goipp.OpGetPrinterAttributes:
		return p.describe()
	case goipp.OpValidateJob:
		return reply(p.check(m))
	case goipp.OpPrintJob:
		if s := p.check(m); s != goipp.StatusOk {
			return reply(s)
		}
		if !bytes.HasPrefix(file, []byte("%PDF-")) {
			return reply(goipp.StatusErrorDocumentFormatError)
		}
		j := &Job{Number: len(p.jobs) + 1, Name: text(m.Operation, "job-name"), Media: text(m.Job, "media"), PDF: file, State: pending}
		p.jobs = append(p.jobs, j)
		return p.tell(j)
	case goipp.OpGetJobAttributes, goipp.OpCancelJob:
		n := integer(m.Operation, "job-id")
		if n < 1 || n > len(p.jobs) {
			return reply(goipp.StatusErrorNotFound)
		}
		j := p.jobs[n-1]
		if goipp.Op(m.Code) == goipp.OpGetJobAttributes {
			return p.tell(j)
		}
		if j.State >= canceled {
			return reply(goipp.StatusErrorNotPossible)
		}
		j.State = canceled
		return reply(goipp.StatusOk)
	}
	return reply(goipp.StatusErrorOperationNotSupported)
}

// work carries on with the jobs that wait; a request is the only clock this printer has.
func (p *Printer) work() {
	for _, j := range p.jobs {
		if j.State >= canceled {
			continue
		}
		switch p.o.Fault() {
		case NoPaper, CoverOpen, Stopped, Busy:
			j.State = processing
		case Aborts:
			j.State = aborted
		default:
			j.State = completed
			if err := p.keep(j); err != nil {
				j.State = aborted
			}
		}
	}
}

func (p *Printer) keep(j *Job) error {
	if p.o.Dir == "" {
		return nil
	}
	for n := j.Number; ; n++ {
		f, err := os.OpenFile(filepath.Join(p.o.Dir, fmt.Sprintf("page-%d.pdf", n)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = f.Write(j.PDF)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		return err
	}
}

func (p *Printer) check(m *goipp.Message) goipp.Status {
	if f := text(m.Operation, "document-format"); p.o.Fault() == Refuses || f != "" && f != "application/pdf" && f != "application/octet-stream" {
		return goipp.StatusErrorDocumentFormatNotSupported
	}
	return goipp.StatusOk
}

func (p *Printer) describe() *goipp.Message {
	m := reply(goipp.StatusOk)
	state, reason := 3, "none" // idle
	switch p.o.Fault() {
	case NoPaper:
		state, reason = 5, "media-empty-error"
	case CoverOpen:
		state, reason = 5, "cover-open-error"
	case Stopped:
		state, reason = 5, "paused"
	case Busy:
		state = 4
	}
	m.Printer.Add(goipp.MakeAttribute("printer-name", goipp.TagName, goipp.String("A4")))
	m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(state)))
	m.Printer.Add(goipp.MakeAttribute("printer-state-reasons", goipp.TagKeyword, goipp.String(reason)))
	m.Printer.Add(goipp.MakeAttribute("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true)))
	m.Printer.Add(goipp.MakeAttribute("media-default", goipp.TagKeyword, goipp.String("na_letter_8.5x11in")))
	m.Printer.Add(goipp.MakeAttr("media-supported", goipp.TagKeyword, goipp.String("iso_a4_210x297mm"), goipp.String("na_letter_8.5x11in")))
	m.Printer.Add(goipp.MakeAttribute("document-format-supported", goipp.TagMimeType, goipp.String("application/pdf")))
	return m
}

func (p *Printer) tell(j *Job) *goipp.Message {
	m := reply(goipp.StatusOk)
	reason := map[int]string{pending: "none", processing: "job-printing", canceled: "job-canceled-by-user", aborted: "aborted-by-system", completed: "job-completed-successfully"}[j.State]
	m.Job.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(j.Number)))
	m.Job.Add(goipp.MakeAttribute("job-uri", goipp.TagURI, goipp.String(fmt.Sprintf("ipp://localhost/jobs/%d", j.Number))))
	m.Job.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(j.State)))
	m.Job.Add(goipp.MakeAttribute("job-state-reasons", goipp.TagKeyword, goipp.String(reason)))
	return m
}

func reply(s goipp.Status) *goipp.Message {
	m := goipp.NewResponse(goipp.DefaultVersion, s, 0)
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("de")))
	return m
}

func text(attrs goipp.Attributes, name string) string {
	for _, a := range attrs {
		if a.Name == name && len(a.Values) > 0 {
			return a.Values[0].V.String()
		}
	}
	return ""
}

func integer(attrs goipp.Attributes, name string) int {
	for _, a := range attrs {
		if a.Name == name && len(a.Values) > 0 {
			if n, ok := a.Values[0].V.(goipp.Integer); ok {
				return int(n)
			}
		}
	}
	return 0
}
