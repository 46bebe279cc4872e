package ipp_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/ipp/ippemu"
)

// What may stand at the address instead of a printer, or be wrong with one. None of it may harm: an error, no panic, nothing that goes on.
func TestAWrongDeviceAtTheOtherEndIsAnError(t *testing.T) {
	answer := func(body func(w io.Writer, request []byte)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "application/ipp")
			body(w, b)
		}
	}
	attribute := func(tag byte, name string, value []byte) []byte {
		b := binary.BigEndian.AppendUint16([]byte{tag}, uint16(len(name)))
		b = binary.BigEndian.AppendUint16(append(b, name...), uint16(len(value)))
		return append(b, value...)
	}
	head := func(request []byte) []byte { return append([]byte{2, 0, 0, 0}, request[4:8]...) }
	for name, peer := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"a web server":                   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, ipp.ErrPeer},
		"a web page that says it is IPP": {answer(func(w io.Writer, _ []byte) { _, _ = io.WriteString(w, "<!DOCTYPE html><html>") }), ipp.ErrPeer},
		"a page that is not there":       {http.NotFound, ipp.ErrPeer},
		"another address": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusTemporaryRedirect)
		}, ipp.ErrPeer},
		"a door that wants a password": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, ipp.ErrRefused},
		"a printer that is busy":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, ipp.ErrUnreachable},
		"nothing":                      {answer(func(io.Writer, []byte) {}), ipp.ErrPeer},
		"noise": {answer(func(w io.Writer, _ []byte) {
			noise := make([]byte, 5000)
			for i := range noise {
				noise[i] = byte(i * i * 7)
			}
			_, _ = w.Write(noise)
		}), ipp.ErrPeer},
		"a body without end": {answer(func(w io.Writer, request []byte) {
			for b := append(head(request), 4); ; b = attribute(0x41, "x", make([]byte, 60000)) {
				if _, err := w.Write(b); err != nil {
					return
				}
			}
		}), ipp.ErrPeer},
		"an attribute without end": {answer(func(w io.Writer, request []byte) {
			_, _ = w.Write(append(head(request), 4, 0x41, 0xFF, 0xFF))
		}), ipp.ErrPeer},
		"huge attributes": {answer(func(w io.Writer, request []byte) {
			b := append(head(request), 4)
			for range 8 {
				b = append(b, attribute(0x41, strings.Repeat("n", 32767), bytes.Repeat([]byte{0xC3}, 65535))...)
			}
			_, _ = w.Write(append(b, 3))
		}), ipp.ErrPeer},
		"a hundred thousand collections in each other": {answer(func(w io.Writer, request []byte) {
			b := append(head(request), 4)
			b = append(b, attribute(0x34, "media-col", nil)...)
			for range 60000 {
				b = append(append(b, attribute(0x4A, "", []byte("m"))...), attribute(0x34, "", nil)...)
			}
			_, _ = w.Write(b)
		}), ipp.ErrPeer},
		"less than announced": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/ipp")
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write([]byte{2, 0, 0, 0})
		}, ipp.ErrUnreachable},
		"a length that is a lie": {func(w http.ResponseWriter, _ *http.Request) {
			hijacked(w, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 9223372036854775807\r\n\r\n\x02\x00\x00\x00")
		}, ipp.ErrUnreachable},
		"a length below zero": {func(w http.ResponseWriter, _ *http.Request) {
			hijacked(w, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: -1\r\n\r\n")
		}, ipp.ErrUnreachable},
		"something that is no HTTP": {func(w http.ResponseWriter, _ *http.Request) { hijacked(w, "220 ftp ready\r\n") }, ipp.ErrUnreachable},
		"the answer to another question": {answer(func(w io.Writer, _ []byte) {
			_, _ = w.Write(append([]byte{2, 0, 0, 0, 0, 0, 0, 99, 4}, append(attribute(0x23, "printer-state", []byte{0, 0, 0, 3}), 3)...))
		}), ipp.ErrPeer},
		"a printer without a state": {answer(func(w io.Writer, request []byte) { _, _ = w.Write(append(head(request), 4, 3)) }), ipp.ErrPeer},
		"a printer that never answers": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}, ipp.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			srv := httptest.NewServer(peer.handler)
			hc := &http.Client{Transport: &http.Transport{}}
			o := quick
			if name == "a printer that never answers" {
				o.Answer = 50 * time.Millisecond
			}
			dev := ipp.New(hc, address(t, srv), o)
			if err := dev.Ready(t.Context()); !errors.Is(err, peer.want) {
				t.Errorf("ready: %v", err)
			}
			if err := dev.Print(t.Context(), "Seite", page); !errors.Is(err, peer.want) {
				t.Errorf("print: %v", err)
			}
			hc.CloseIdleConnections()
			srv.Close()
			settled(t, before)
		})
	}
}

// A printer may hang up after any byte of its answers. Afterwards the line is good again, and a page is printed.
func TestAnAnswerThatBreaksOffAnywhereIsAnError(t *testing.T) {
	emu := ippemu.New(ippemu.Opts{})
	cut := -1
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		emu.ServeHTTP(rec, r)
		b := rec.Body.Bytes()
		w.Header().Set("Content-Type", "application/ipp")
		if cut >= 0 && cut < len(b) {
			b = b[:cut]
		} else {
			cut = -1
		}
		_, _ = w.Write(b)
	}))
	defer srv.Close()
	dev := ipp.New(srv.Client(), address(t, srv), quick)
	n := 0
	for ; ; n++ {
		cut = n
		err := dev.Ready(t.Context())
		if cut < 0 {
			break
		}
		if !errors.Is(err, ipp.ErrPeer) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	if n < 300 {
		t.Errorf("the answer has %d bytes", n)
	}
	if err := dev.Print(t.Context(), "Seite", page); err != nil {
		t.Error(err)
	}
}

// The end of a visit ends every wait, whatever the printer does.
func TestTheEndOfTheVisitEndsEveryWait(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	came := make(chan net.Conn, 1)
	go func() {
		if c, err := ln.Accept(); err == nil {
			came <- c
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c := <-came
		defer c.Close()
		cancel()
		_, _ = io.Copy(io.Discard, c)
	}()
	dev := ipp.New(&http.Client{Transport: &http.Transport{}}, mustParse("ipp://"+ln.Addr().String()), quick)
	if err := dev.Ready(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWhatAPrinterCannotPrintIsNotSent(t *testing.T) {
	for name, formats := range map[string][]goipp.Attribute{
		"no A4":     {goipp.MakeAttribute("document-format-supported", goipp.TagMimeType, goipp.String("application/pdf")), goipp.MakeAttribute("media-supported", goipp.TagKeyword, goipp.String("oe_4x6-label_4x6in"))},
		"URF alone": {goipp.MakeAttribute("document-format-supported", goipp.TagMimeType, goipp.String("image/urf"))},
		"raster in black alone": {goipp.MakeAttribute("document-format-supported", goipp.TagMimeType, goipp.String("image/pwg-raster")),
			goipp.MakeAttribute("pwg-raster-document-type-supported", goipp.TagKeyword, goipp.String("black_1"))},
	} {
		m := goipp.NewResponse(goipp.MakeVersion(2, 0), goipp.StatusOk, 1)
		m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
		m.Printer = append(formats, goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(3)))
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			if op := goipp.Op(b[2])<<8 | goipp.Op(b[3]); op != goipp.OpGetPrinterAttributes {
				t.Errorf("%s: it was sent %s", name, op)
			}
			m.RequestID = binary.BigEndian.Uint32(b[4:])
			answer, _ := m.EncodeBytes()
			w.Header().Set("Content-Type", "application/ipp")
			_, _ = w.Write(answer)
		}))
		err := ipp.New(srv.Client(), address(t, srv), quick).Print(t.Context(), "Seite", page)
		if !errors.Is(err, ipp.ErrRefused) || ipp.Sentence(err, "en") != "The printer does not accept the page." {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
}

func hijacked(w http.ResponseWriter, all string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(c, all)
	_ = c.Close()
}

// settled waits until no more goroutines run than before.
func settled(t *testing.T, before int) {
	t.Helper()
	for range 12000 { // a minute: a machine that has much to do is no fault
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines, before %d\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
}

func mustParse(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func FuzzParseInfo(f *testing.F) {
	m := goipp.NewResponse(goipp.MakeVersion(2, 0), goipp.StatusOk, 1)
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(5)))
	m.Printer.Add(goipp.MakeAttribute("printer-state-reasons", goipp.TagKeyword, goipp.String("media-empty-error")))
	m.Printer.Add(goipp.MakeAttribute("printer-info", goipp.TagTextLang, goipp.TextWithLang{Lang: "de", Text: "Drucker"}))
	m.Printer.Add(goipp.MakeAttribute("pwg-raster-document-resolution-supported", goipp.TagResolution, goipp.Resolution{Xres: 300, Yres: 300, Units: goipp.UnitsDpi}))
	b, err := m.EncodeBytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("<!DOCTYPE html>"))
	f.Add([]byte{2, 0, 0, 0, 0, 0, 0, 1, 4, 0x34, 0, 1, 'm', 0, 0, 0x4A, 0, 0, 0, 1, 'x', 0x34, 0, 0, 0, 0, 0x37, 0, 0, 0, 0, 0x37, 0, 0, 0, 0, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := ipp.ParseInfo(b)
		if err != nil {
			if !errors.Is(err, ipp.ErrPeer) {
				t.Error(err)
			}
			return
		}
		if i.State < ipp.Idle || i.State > ipp.Stopped || len(i.Name) > 255 {
			t.Errorf("%+v", i)
		}
	})
}
