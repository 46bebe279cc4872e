// Package ippemu is an A4 printer that exists only as an http.Handler: it speaks IPP, keeps what it "prints" as files, and has faults on
// request.
package ippemu

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/OpenPrinting/goipp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/pwg"
)

// Fault is what is wrong with the printer, in a word.
type Fault string

// The faults.
const (
	None        Fault = ""
	NoPaper     Fault = "no-paper"     // media-empty-error; jobs wait
	CoverOpen   Fault = "cover-open"   // cover-open-error; jobs wait
	Jam         Fault = "jam"          // media-jam-error; jobs wait
	Toner       Fault = "toner"        // marker-supply-empty-error; jobs wait
	LowPaper    Fault = "low-paper"    // media-low-warning; prints all the same
	Stopped     Fault = "stopped"      // printer-state stopped; jobs wait
	Aborts      Fault = "aborts"       // takes jobs and aborts them
	Refuses     Fault = "refuses"      // takes jobs of no format
	Busy        Fault = "busy"         // a job stays in processing
	Silent      Fault = "silent"       // hangs up
	SwitchedOff Fault = "switched-off" // hangs up as soon as it has a document, and from then on
	LostAnswer  Fault = "lost-answer"  // takes a document and hangs up instead of saying so
)

// Faults lists every fault, for help texts.
func Faults() []Fault {
	return []Fault{NoPaper, CoverOpen, Jam, Toner, LowPaper, Stopped, Aborts, Refuses, Busy, Silent, SwitchedOff, LostAnswer}
}

// Opts says what the printer is like. The zero value takes PDF and knows all operations.
type Opts struct {
	Dir    string       // where page-N.pdf (or .pwg) is written when a job is done; empty: nowhere
	Fault  func() Fault // asked at every request; nil: nothing is wrong
	Raster bool         // takes PWG raster instead of PDF
	Old    bool         // knows IPP 1.1 and Print-Job only, as printers before IPP Everywhere
	Colour bool
	Duplex bool
}

// Job is something that was to be printed.
type Job struct {
	Number int
	Name   string
	User   string
	Media  string
	Sides  string
	PDF    []byte // what came, if it was PDF
	Raster []byte // what came, if it was PWG raster
	State  int    // RFC 8011 5.3.7: 3 pending, 4 held, 5 processing, 7 canceled, 8 aborted, 9 completed
}

// Printer is an http.Handler.
type Printer struct {
	o    Opts
	mu   sync.Mutex
	jobs []*Job
	off  bool // SwitchedOff came into force
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
	held       = 4 // waits for its document
	processing = 5
	canceled   = 7
	aborted    = 8
	completed  = 9
)

// longest is how long a document may be.
const longest = 64 << 20

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
	file, err := io.ReadAll(io.LimitReader(r.Body, longest))
	if err != nil {
		http.Error(w, "cut off", http.StatusBadRequest)
		return
	}
	answer, hangUp := p.answer(&m, file)
	if hangUp {
		panic(http.ErrAbortHandler)
	}
	answer.Version, answer.RequestID = m.Version, m.RequestID
	if p.o.Old {
		answer.Version = goipp.MakeVersion(1, 1)
	}
	b, err := answer.EncodeBytes()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	_, _ = w.Write(b)
}

// answer obeys a request; hangUp is true when nobody is to hear of it.
func (p *Printer) answer(m *goipp.Message, file []byte) (answer *goipp.Message, hangUp bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fault := p.o.Fault()
	if p.off = p.off && fault == SwitchedOff; p.off {
		return nil, true
	}
	p.work()
	answer = p.obey(m, file)
	if len(file) > 0 && goipp.Status(answer.Code) != goipp.StatusErrorVersionNotSupported {
		p.off = fault == SwitchedOff
		hangUp = p.off || fault == LostAnswer
	}
	return answer, hangUp
}

func (p *Printer) obey(m *goipp.Message, file []byte) *goipp.Message {
	if p.o.Old && m.Version.Major() > 1 {
		return reply(goipp.StatusErrorVersionNotSupported)
	}
	if text(m.Operation, "attributes-charset") == "" || text(m.Operation, "printer-uri") == "" {
		return reply(goipp.StatusErrorBadRequest)
	}
	op := goipp.Op(m.Code)
	if p.o.Old && (op == goipp.OpCreateJob || op == goipp.OpSendDocument) {
		return reply(goipp.StatusErrorOperationNotSupported)
	}
	switch op {
	case goipp.OpGetPrinterAttributes:
		return p.describe()
	case goipp.OpValidateJob:
		return reply(p.check(m))
	case goipp.OpCreateJob:
		return tell(p.take(m))
	case goipp.OpPrintJob:
		if s := p.check(m); s != goipp.StatusOk {
			return reply(s)
		}
		return p.load(p.take(m), file)
	case goipp.OpGetJobs:
		answer := reply(goipp.StatusOk)
		answer.Groups = goipp.Groups{{Tag: goipp.TagOperationGroup, Attrs: answer.Operation}}
		for _, j := range p.jobs {
			if mine := j.User == text(m.Operation, "requesting-user-name"); mine && j.State < canceled {
				answer.Groups.Add(goipp.Group{Tag: goipp.TagJobGroup, Attrs: describe(j)})
			}
		}
		return answer
	case goipp.OpSendDocument, goipp.OpGetJobAttributes, goipp.OpCancelJob:
		n := integer(m.Operation, "job-id")
		if n < 1 || n > len(p.jobs) {
			return reply(goipp.StatusErrorNotFound)
		}
		return p.handle(op, m, p.jobs[n-1], file)
	}
	return reply(goipp.StatusErrorOperationNotSupported)
}

// handle obeys a request about a job.
func (p *Printer) handle(op goipp.Op, m *goipp.Message, j *Job, file []byte) *goipp.Message {
	switch {
	case op == goipp.OpGetJobAttributes:
		return tell(j)
	case op == goipp.OpCancelJob && j.State < canceled:
		j.State = canceled
		return reply(goipp.StatusOk)
	case op == goipp.OpSendDocument && j.State == held:
		if s := p.check(m); s != goipp.StatusOk {
			return reply(s)
		}
		return p.load(j, file)
	}
	return reply(goipp.StatusErrorNotPossible)
}

// take begins a job.
func (p *Printer) take(m *goipp.Message) *Job {
	j := &Job{Number: len(p.jobs) + 1, Name: text(m.Operation, "job-name"), User: text(m.Operation, "requesting-user-name"),
		Media: text(m.Job, "media"), Sides: text(m.Job, "sides"), State: held}
	p.jobs = append(p.jobs, j)
	return j
}

// load gives a job its document.
func (p *Printer) load(j *Job, file []byte) *goipp.Message {
	if p.o.Raster {
		if _, err := pwg.Decode(file, 2*longest); err != nil {
			j.State = aborted
			return reply(goipp.StatusErrorDocumentFormatError)
		}
		j.Raster = file
	} else {
		if !bytes.HasPrefix(file, []byte("%PDF-")) {
			j.State = aborted
			return reply(goipp.StatusErrorDocumentFormatError)
		}
		j.PDF = file
	}
	j.State = pending
	return tell(j)
}

// work carries on with the jobs that wait; a request is the only clock this printer has.
func (p *Printer) work() {
	for _, j := range p.jobs {
		if j.State >= canceled || j.State == held {
			continue
		}
		switch p.o.Fault() {
		case NoPaper, CoverOpen, Jam, Toner, Stopped, Busy, SwitchedOff:
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
	document, end := j.PDF, "pdf"
	if p.o.Raster {
		document, end = j.Raster, "pwg"
	}
	for n := j.Number; ; n++ {
		f, err := os.OpenFile(filepath.Join(p.o.Dir, fmt.Sprintf("page-%d.%s", n, end)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = f.Write(document)
		return cmp.Or(err, f.Close())
	}
}

func (p *Printer) format() string {
	if p.o.Raster {
		return "image/pwg-raster"
	}
	return "application/pdf"
}

func (p *Printer) check(m *goipp.Message) goipp.Status {
	if f := text(m.Operation, "document-format"); p.o.Fault() == Refuses || f != "" && f != p.format() && f != "application/octet-stream" {
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
	case Jam:
		state, reason = 5, "media-jam-error"
	case Toner:
		state, reason = 5, "marker-supply-empty-error"
	case LowPaper:
		reason = "media-low-warning"
	case Stopped:
		state, reason = 5, "paused"
	case Busy:
		state = 4
	}
	add := func(name string, tag goipp.Tag, values ...goipp.Value) {
		m.Printer.Add(goipp.MakeAttr(name, tag, values[0], values[1:]...))
	}
	add("printer-name", goipp.TagName, goipp.String("A4"))
	add("printer-make-and-model", goipp.TagText, goipp.String("Rathausnah ippemu"))
	add("printer-firmware-string-version", goipp.TagText, goipp.String("1"))
	add("printer-state", goipp.TagEnum, goipp.Integer(state))
	add("printer-state-reasons", goipp.TagKeyword, goipp.String(reason))
	add("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true))
	add("media-default", goipp.TagKeyword, goipp.String("na_letter_8.5x11in"))
	add("media-supported", goipp.TagKeyword, goipp.String("iso_a4_210x297mm"), goipp.String("na_letter_8.5x11in"))
	add("document-format-supported", goipp.TagMimeType, goipp.String(p.format()))
	add("color-supported", goipp.TagBoolean, goipp.Boolean(p.o.Colour))
	if p.o.Duplex {
		add("sides-supported", goipp.TagKeyword, goipp.String("one-sided"), goipp.String("two-sided-long-edge"))
	} else {
		add("sides-supported", goipp.TagKeyword, goipp.String("one-sided"))
	}
	if p.o.Raster {
		add("pwg-raster-document-type-supported", goipp.TagKeyword, goipp.String("sgray_8"), goipp.String("srgb_8"))
		add("pwg-raster-document-resolution-supported", goipp.TagResolution,
			goipp.Resolution{Xres: 600, Yres: 600, Units: goipp.UnitsDpi}, goipp.Resolution{Xres: 150, Yres: 150, Units: goipp.UnitsDpi})
	}
	ops := []goipp.Value{goipp.Integer(goipp.OpPrintJob), goipp.Integer(goipp.OpValidateJob), goipp.Integer(goipp.OpCancelJob), goipp.Integer(goipp.OpGetJobAttributes),
		goipp.Integer(goipp.OpGetJobs), goipp.Integer(goipp.OpGetPrinterAttributes)}
	if !p.o.Old {
		ops = append(ops, goipp.Integer(goipp.OpCreateJob), goipp.Integer(goipp.OpSendDocument))
	}
	add("operations-supported", goipp.TagEnum, ops...)
	return m
}

func tell(j *Job) *goipp.Message {
	m := reply(goipp.StatusOk)
	m.Job = describe(j)
	return m
}

func describe(j *Job) goipp.Attributes {
	reason := map[int]string{pending: "none", held: "job-incoming", processing: "job-printing", canceled: "job-canceled-by-user",
		aborted: "aborted-by-system", completed: "job-completed-successfully"}[j.State]
	return goipp.Attributes{
		goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(j.Number)),
		goipp.MakeAttribute("job-uri", goipp.TagURI, goipp.String(fmt.Sprintf("ipp://localhost/jobs/%d", j.Number))),
		goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(j.Name)),
		goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(j.State)),
		goipp.MakeAttribute("job-state-reasons", goipp.TagKeyword, goipp.String(reason)),
	}
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
