package ipp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"
)

// Info asks the printer what it is and how it is.
func (d *Dev) Info(ctx context.Context) (Info, error) {
	answer, err := d.ask(ctx, wanted(d.request(goipp.OpGetPrinterAttributes), asked()...))
	if err != nil {
		return Info{}, err
	}
	return info(answer.Printer)
}

// Ready tells whether a page could be printed now: nil, or one of ErrUnreachable, ErrPeer, ErrNoPaper, ErrCoverOpen, ErrStopped and ErrRefused.
func (d *Dev) Ready(ctx context.Context) error {
	i, err := d.Info(ctx)
	if err != nil {
		return err
	}
	if _, err := i.format(); err != nil {
		return err
	}
	return i.trouble()
}

// format chooses what is sent.
func (i Info) format() (string, error) {
	if len(i.Media) > 0 && !slices.Contains(i.Media, a4) {
		return "", fmt.Errorf("%w: it does not know A4", ErrRefused)
	}
	switch {
	case slices.Contains(i.Formats, formatPDF):
		return formatPDF, nil
	case slices.Contains(i.Formats, formatPWG):
		if _, err := i.drawing(); err != nil {
			return "", err
		}
		return formatPWG, nil
	}
	return "", fmt.Errorf("%w: it takes neither PDF nor PWG raster", ErrRefused)
}

// Print prints the file on A4 and returns when the printer says that it is done. name stands on the printer's display and lists, so it says
// nothing about a person. Ending ctx cancels the job at the printer; if the page was done already, Print returns nil. While paper is missing in the middle
// of a job it ends with ErrNoPaper and the job is taken back, so that a repeat does not print it twice. ErrUnclear when that could not be done.
func (d *Dev) Print(ctx context.Context, name string, pdf []byte) error {
	i, err := d.Info(ctx)
	if err != nil {
		return err
	}
	if err := i.trouble(); err != nil {
		return err
	}
	format, err := i.format()
	if err != nil {
		return err
	}
	document := pdf
	if format == formatPWG {
		if document, err = i.draw(ctx, pdf); err != nil {
			return err
		}
	}
	j, err := d.start(ctx, i, name, format, document)
	if err != nil {
		return err
	}
	return d.follow(ctx, j)
}

// start brings the document to the printer.
func (d *Dev) start(ctx context.Context, i Info, name, format string, document []byte) (Job, error) {
	begin := func(op goipp.Op) *goipp.Message {
		m := d.request(op)
		m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(d.o.User)))
		m.Operation.Add(goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(short(name))))
		return m
	}
	template := func(m *goipp.Message) *goipp.Message {
		m.Job.Add(goipp.MakeAttribute("media", goipp.TagKeyword, goipp.String(a4)))
		m.Job.Add(goipp.MakeAttribute("copies", goipp.TagInteger, goipp.Integer(1)))
		m.Job.Add(goipp.MakeAttribute("sides", goipp.TagKeyword, goipp.String("one-sided")))
		return m
	}
	if !i.can(goipp.OpCreateJob, goipp.OpSendDocument) {
		m := begin(goipp.OpPrintJob)
		m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String(format)))
		answer, err := d.send(ctx, template(m), document, d.o.Upload)
		if err == nil {
			var j Job
			if j, err = job(answer.Job); err == nil {
				return j, nil
			}
		}
		if errors.Is(err, ErrRefused) {
			return Job{}, err
		}
		return Job{}, fmt.Errorf("%w: %w", ErrUnclear, err) // it may have heard everything, and there is no number to ask for
	}
	answer, err := d.ask(ctx, template(begin(goipp.OpCreateJob)))
	if err != nil {
		return Job{}, err // an empty job prints nothing; the printer forgets it after multiple-operation-time-out
	}
	j, err := job(answer.Job)
	if err != nil {
		return Job{}, err
	}
	m := d.about(goipp.OpSendDocument, j.ID)
	m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String(format)))
	m.Operation.Add(goipp.MakeAttribute("last-document", goipp.TagBoolean, goipp.Boolean(true)))
	if answer, err = d.send(ctx, m, document, d.o.Upload); err != nil {
		if err = d.takeBack(ctx, j.ID, err); err == nil { // only the answer was lost: it is printed
			j.State = JobCompleted
		}
		return j, err
	}
	if now, err := job(answer.Job); err == nil && now.ID == j.ID {
		j = now
	}
	return j, nil
}

// attempts is how many questions in a row may stay without an answer before a job is given up: a printer that changes its address or
// restarts its network must not cost a page.
const attempts = 3

// follow waits for the job's end.
func (d *Dev) follow(ctx context.Context, j Job) error {
	silent := 0
	var worried time.Time
	for {
		switch j.State {
		case JobCompleted:
			return nil
		case JobCanceled, JobAborted:
			return d.ended(ctx, j)
		case JobStopped:
			if err := d.Ready(ctx); err != nil && !errors.Is(err, ErrUnreachable) { // the printer's own trouble says more than the job's
				return d.takeBack(ctx, j.ID, err)
			}
			return d.takeBack(ctx, j.ID, &Trouble{ErrStopped, j.Reasons})
		}
		select {
		case <-ctx.Done():
			return d.takeBack(ctx, j.ID, fmt.Errorf("ipp: print: %w", ctx.Err()))
		case <-time.After(d.o.Poll):
		}
		now, err := d.job(ctx, j.ID)
		if err != nil {
			if silent++; silent < attempts && errors.Is(err, ErrUnreachable) {
				continue
			}
			return d.takeBack(ctx, j.ID, err)
		}
		j, silent = now, 0
		if j.State >= JobCanceled {
			continue
		}
		// CUPS keeps a job "processing" while its printer waits for paper.
		i, err := d.Info(ctx)
		if err != nil {
			continue // the next question for the job says what that means
		}
		if err := i.trouble(); err != nil {
			return d.takeBack(ctx, j.ID, err)
		}
		switch err := i.worry(); {
		case err == nil:
			worried = time.Time{}
		case worried.IsZero():
			worried = time.Now()
		case time.Since(worried) > d.o.Patience:
			return d.takeBack(ctx, j.ID, err)
		}
	}
}

// ended says why a job ended without paper.
func (d *Dev) ended(ctx context.Context, j Job) error {
	if err := d.Ready(ctx); err != nil && !errors.Is(err, ErrUnreachable) {
		return fmt.Errorf("%w: %w", ErrAborted, err)
	}
	return &Trouble{ErrAborted, j.Reasons}
}

// Jobs lists what waits at the printer under this device's user name.
func (d *Dev) Jobs(ctx context.Context) ([]Job, error) {
	m := d.request(goipp.OpGetJobs)
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(d.o.User)))
	wanted(m, "job-id", "job-name", "job-state", "job-state-reasons")
	m.Operation.Add(goipp.MakeAttribute("which-jobs", goipp.TagKeyword, goipp.String("not-completed")))
	m.Operation.Add(goipp.MakeAttribute("my-jobs", goipp.TagBoolean, goipp.Boolean(true)))
	answer, err := d.ask(ctx, m)
	if err != nil {
		return nil, err
	}
	var out []Job
	for _, g := range answer.Groups {
		if g.Tag != goipp.TagJobGroup || len(g.Attrs) == 0 {
			continue
		}
		j, err := job(g.Attrs)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

// Cancel takes a job back. A job that has ended already gives ErrRefused.
func (d *Dev) Cancel(ctx context.Context, job int) error {
	_, err := d.ask(ctx, d.about(goipp.OpCancelJob, job))
	return err
}

// Purge takes back everything that waits at the printer under this device's user name, such as pages that a power cut left behind for a citizen who is
// gone, and tells how many. Devices that share a printer want a user name each.
func (d *Dev) Purge(ctx context.Context) (int, error) {
	jobs, err := d.Jobs(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, j := range jobs {
		if err := d.Cancel(ctx, j.ID); err != nil && !errors.Is(err, ErrRefused) { // refused: it ended meanwhile
			return n, err
		}
		n++
	}
	return n, nil
}

func (d *Dev) job(ctx context.Context, id int) (Job, error) {
	answer, err := d.ask(ctx, wanted(d.about(goipp.OpGetJobAttributes, id), "job-id", "job-state", "job-state-reasons"))
	if err != nil {
		return Job{}, err
	}
	return job(answer.Job)
}

// takeBack cancels a job, also after ctx ended, and gives cause; nil if the job was done after all, and ErrUnclear if nobody knows.
func (d *Dev) takeBack(ctx context.Context, id int, cause error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	err := d.Cancel(ctx, id)
	if err == nil {
		return cause
	}
	if errors.Is(err, ErrRefused) { // too late to cancel
		switch j, jerr := d.job(ctx, id); {
		case jerr == nil && j.State == JobCompleted:
			return nil
		case jerr == nil && j.State >= JobCanceled:
			return cause
		}
	}
	return fmt.Errorf("%w: %w (and it could not be taken back: %w)", ErrUnclear, cause, err)
}

func (d *Dev) ask(ctx context.Context, m *goipp.Message) (*goipp.Message, error) {
	return d.send(ctx, m, nil, d.o.Answer)
}

// send asks in the version that the printer knows. Who refuses a version has done nothing else with the request.
func (d *Dev) send(ctx context.Context, m *goipp.Message, file []byte, limit time.Duration) (*goipp.Message, error) {
	answer, err := d.once(ctx, m, file, limit)
	if errors.Is(err, errVersion) && m.Version != oldest {
		d.old.Store(true)
		m.Version = oldest
		answer, err = d.once(ctx, m, file, limit)
	}
	return answer, err
}

var errVersion = fmt.Errorf("%w: %s", ErrRefused, goipp.StatusErrorVersionNotSupported)

func (d *Dev) once(ctx context.Context, m *goipp.Message, file []byte, limit time.Duration) (*goipp.Message, error) {
	head, err := m.EncodeBytes()
	if err != nil {
		return nil, fmt.Errorf("ipp: encode: %w", err)
	}
	whole := ctx
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.target, io.MultiReader(bytes.NewReader(head), bytes.NewReader(file)))
	if err != nil {
		return nil, fmt.Errorf("ipp: request: %w", err)
	}
	req.ContentLength = int64(len(head) + len(file)) // many printers know no chunks
	req.Header.Set("Content-Type", goipp.ContentType)
	req.Header.Set("Accept", goipp.ContentType)
	broken := func(err error) error {
		if whole.Err() != nil {
			return fmt.Errorf("ipp: send: %w", whole.Err())
		}
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	resp, err := d.hc.Do(req)
	if err != nil {
		return nil, broken(err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUpgradeRequired:
		return nil, fmt.Errorf("%w: HTTP %d", ErrRefused, resp.StatusCode)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusGatewayTimeout:
		return nil, fmt.Errorf("%w: HTTP %d", ErrUnreachable, resp.StatusCode)
	default:
		return nil, fmt.Errorf("%w: HTTP %d", ErrPeer, resp.StatusCode)
	}
	if t := resp.Header.Get("Content-Type"); !strings.HasPrefix(t, goipp.ContentType) {
		return nil, fmt.Errorf("%w: its answer is no IPP", ErrPeer)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, mostBytes+1))
	if err != nil {
		return nil, broken(fmt.Errorf("answer broken off at %d: %w", len(b), err))
	}
	if len(b) > mostBytes {
		return nil, fmt.Errorf("%w: its answer is longer than %d bytes", ErrPeer, mostBytes)
	}
	answer, err := decode(b)
	if err != nil {
		return nil, err
	}
	if answer.RequestID != m.RequestID {
		return nil, fmt.Errorf("%w: it answers another question", ErrPeer)
	}
	if s := goipp.Status(answer.Code); s >= 0x0100 {
		switch s {
		case goipp.StatusErrorBusy, goipp.StatusErrorServiceUnavailable, goipp.StatusErrorTemporary:
			return nil, fmt.Errorf("%w: %s", ErrUnreachable, s)
		case goipp.StatusErrorVersionNotSupported:
			return nil, errVersion
		case goipp.StatusErrorNotAcceptingJobs:
			return nil, fmt.Errorf("%w: %s", ErrStopped, s)
		}
		return nil, fmt.Errorf("%w: %s", ErrRefused, s)
	}
	return answer, nil
}
