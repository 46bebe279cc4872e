package ipp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// a4 is the medium, by its name in PWG 5101.1.
const a4 = "iso_a4_210x297mm"

// Document formats by their names in document-format-supported.
const (
	formatPDF = "application/pdf"
	formatPWG = "image/pwg-raster"
)

// State is what a printer does, by the numbers of RFC 8011 5.4.11.
type State int

// The states of a printer.
const (
	Idle    State = 3
	Working State = 4
	Stopped State = 5
)

// JobState is how far a job is, by the numbers of RFC 8011 5.3.7.
type JobState int

// The states of a job. Canceled, Aborted and Completed are final.
const (
	JobPending    JobState = 3
	JobHeld       JobState = 4
	JobProcessing JobState = 5
	JobStopped    JobState = 6
	JobCanceled   JobState = 7
	JobAborted    JobState = 8
	JobCompleted  JobState = 9
)

// Info is what a printer says of itself. What it does not say is empty.
type Info struct {
	Name     string // printer-info, or printer-name
	Model    string // printer-make-and-model
	Location string // printer-location
	Firmware string // printer-firmware-string-version, PWG 5100.13
	UUID     string // printer-uuid, such as urn:uuid:...

	State     State
	Reasons   []Reason // printer-state-reasons without "none"
	Accepting bool     // printer-is-accepting-jobs
	Queued    int      // jobs that wait

	Formats []string // document-format-supported
	Media   []string // media-supported, PWG 5101.1
	Loaded  []string // media-ready: what lies in the trays
	Duplex  bool     // it can print on both sides
	Colour  bool     // it can print in colour

	raster     []string // pwg-raster-document-type-supported
	dpi        []int    // pwg-raster-document-resolution-supported, where both directions are alike
	operations []int
}

// asked are the attributes that Info is made of.
func asked() []string {
	return []string{"printer-info", "printer-name", "printer-make-and-model", "printer-location", "printer-firmware-string-version", "printer-uuid",
		"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "queued-job-count", "document-format-supported", "media-supported",
		"media-ready", "sides-supported", "color-supported", "pwg-raster-document-type-supported", "pwg-raster-document-resolution-supported",
		"operations-supported"}
}

// ParseInfo reads the answer to Get-Printer-Attributes. An error names the place (offset) of what cannot be read.
func ParseInfo(answer []byte) (Info, error) {
	m, err := decode(answer)
	if err != nil {
		return Info{}, err
	}
	return info(m.Printer)
}

func info(a goipp.Attributes) (Info, error) {
	i := Info{Name: text(a, "printer-info"), Model: text(a, "printer-make-and-model"), Location: text(a, "printer-location"),
		Firmware: strings.Join(texts(a, "printer-firmware-string-version"), ", "), UUID: text(a, "printer-uuid"),
		State: State(number(a, "printer-state")), Queued: number(a, "queued-job-count"), Accepting: truth(a, "printer-is-accepting-jobs", true),
		Formats: texts(a, "document-format-supported"), Media: texts(a, "media-supported"), Loaded: texts(a, "media-ready"),
		Colour: truth(a, "color-supported", false), raster: texts(a, "pwg-raster-document-type-supported"), Reasons: reasons(a, "printer-state-reasons")}
	if i.State < Idle || i.State > Stopped {
		return Info{}, fmt.Errorf("%w: it has no printer-state", ErrPeer)
	}
	if i.Name == "" {
		i.Name = text(a, "printer-name")
	}
	for _, s := range texts(a, "sides-supported") {
		i.Duplex = i.Duplex || strings.HasPrefix(s, "two-sided")
	}
	for _, v := range values(a, "pwg-raster-document-resolution-supported") {
		if r, ok := v.(goipp.Resolution); ok && r.Xres == r.Yres && r.Units == goipp.UnitsDpi {
			i.dpi = append(i.dpi, r.Xres)
		}
	}
	for _, v := range values(a, "operations-supported") {
		if n, ok := v.(goipp.Integer); ok {
			i.operations = append(i.operations, int(n))
		}
	}
	return i, nil
}

// can tells whether the printer knows all these operations.
func (i Info) can(ops ...goipp.Op) bool {
	for _, op := range ops {
		if !slices.Contains(i.operations, int(op)) {
			return false
		}
	}
	return true
}

// Job is one entry of the printer's list.
type Job struct {
	ID      int
	Name    string
	State   JobState
	Reasons []Reason
}

func job(a goipp.Attributes) (Job, error) {
	j := Job{ID: number(a, "job-id"), Name: text(a, "job-name"), State: JobState(number(a, "job-state")), Reasons: reasons(a, "job-state-reasons")}
	if j.ID < 1 || j.State < JobPending || j.State > JobCompleted {
		return Job{}, fmt.Errorf("%w: a job without number or state", ErrPeer)
	}
	return j, nil
}

// oldest is the version that every printer knows (RFC 8011 4.1.8); printers older than ten years know no other.
const oldest = goipp.Version(0x0101)

// request begins a message with the attributes that every one has, in the order that RFC 8011 4.1.4 demands.
func (d *Dev) request(op goipp.Op) *goipp.Message {
	version := goipp.MakeVersion(2, 0)
	if d.old.Load() {
		version = oldest
	}
	m := goipp.NewRequest(version, op, d.id.Add(1))
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("de")))
	m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(d.uri)))
	return m
}

// about begins a message about a job.
func (d *Dev) about(op goipp.Op, job int) *goipp.Message {
	m := d.request(op)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(job)))
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(d.o.User)))
	return m
}

func wanted(m *goipp.Message, names ...string) *goipp.Message {
	a := goipp.Attribute{Name: "requested-attributes"}
	for _, n := range names {
		a.Values.Add(goipp.TagKeyword, goipp.String(n))
	}
	m.Operation.Add(a)
	return m
}

// Limits of an answer. Printers with every attribute stay far below.
const (
	mostBytes = 1 << 20
	mostDepth = 16 // collections within collections
)

// decode reads an answer. The library's reader follows collections into each other as deep as they go; walk looks first.
func decode(b []byte) (*goipp.Message, error) {
	if err := walk(b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	var m goipp.Message
	if err := m.Decode(bytes.NewReader(b)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	return &m, nil
}

// walk goes from attribute to attribute (RFC 8010 3.1) and counts how deep collections lie in each other.
func walk(b []byte) error {
	const head = 8 // version, status, request's number
	if len(b) < head {
		return fmt.Errorf("answer ends at %d, within its head", len(b))
	}
	if b[0] < 1 || b[0] > 2 {
		return fmt.Errorf("version %d.%d at 0", b[0], b[1])
	}
	depth := 0
	for at := head; at < len(b); {
		tag := goipp.Tag(b[at])
		start := at
		at++
		if tag == goipp.TagEnd {
			return nil
		}
		if tag < 0x10 {
			continue
		}
		for range 2 { // name, value
			if len(b)-at < 2 {
				return fmt.Errorf("attribute at %d is cut off", start)
			}
			if at += 2 + int(binary.BigEndian.Uint16(b[at:])); at > len(b) {
				return fmt.Errorf("attribute at %d is longer than the answer", start)
			}
		}
		switch tag {
		case goipp.TagBeginCollection:
			if depth++; depth > mostDepth {
				return fmt.Errorf("collection at %d lies too deep", start)
			}
		case goipp.TagEndCollection:
			depth--
		}
	}
	return errors.New("answer has no end")
}

func values(attrs goipp.Attributes, name string) []goipp.Value {
	for _, a := range attrs {
		if a.Name == name {
			var out []goipp.Value
			for _, v := range a.Values {
				out = append(out, v.V)
			}
			return out
		}
	}
	return nil
}

func number(attrs goipp.Attributes, name string) int {
	for _, v := range values(attrs, name) {
		if n, ok := v.(goipp.Integer); ok {
			return int(n)
		}
	}
	return 0
}

func truth(attrs goipp.Attributes, name string, otherwise bool) bool {
	for _, v := range values(attrs, name) {
		if b, ok := v.(goipp.Boolean); ok {
			return bool(b)
		}
	}
	return otherwise
}

// texts gives the values that are words. A printer may add a language to a text (RFC 8011 5.1.2); it is left out.
func texts(attrs goipp.Attributes, name string) []string {
	var out []string
	for _, v := range values(attrs, name) {
		switch v := v.(type) {
		case goipp.String:
			out = append(out, clean(string(v)))
		case goipp.TextWithLang:
			out = append(out, clean(v.Text))
		}
	}
	return out
}

func text(attrs goipp.Attributes, name string) string {
	if all := texts(attrs, name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// clean makes a stranger's words fit for screens and logs: printable, and no longer than a name may be.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return short(s)
}

// short keeps a name within the 255 bytes of the type name(MAX).
func short(name string) string {
	if len(name) > 255 {
		name = strings.ToValidUTF8(name[:255], "")
	}
	return name
}
