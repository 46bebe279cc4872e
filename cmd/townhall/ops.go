package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
)

// ops is the operators' door: /healthz says whether the database can be read, /metrics what piles up. Nothing personal is on either.
func ops(s *server.Server, log *slog.Logger) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(&figures{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := s.Store.Ping(ctx); err != nil {
			log.Error("not healthy", "error", err)
			http.Error(w, "the database cannot be read", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	return mux
}

// figures are read from the store when they are asked for.
type figures struct{ s *server.Server }

// Describe names nothing: some figures are there only sometimes.
func (f *figures) Describe(chan<- *prometheus.Desc) {}

func (f *figures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(name, help string, v float64) {
		d := prometheus.NewDesc("townhall_"+name, help, nil, nil)
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	bad := func(name string, err error) {
		ch <- prometheus.NewInvalidMetric(prometheus.NewDesc("townhall_"+name, "cannot be read", nil, nil), err)
	}
	n, err := f.s.Book.Counts(ctx, "")
	if err != nil {
		bad("cases_open", err)
		return
	}
	gauge("cases_open", "Cases that are not decided.", float64(n.Open))
	gauge("cases_unassigned", "Open cases that nobody works on.", float64(n.Unassigned))
	gauge("cases_overdue", "Open cases past their day.", float64(n.Overdue))
	gauge("cases_unpaid", "Open cases with a fee that is not paid.", float64(n.Unpaid))
	gauge("refunds_open", "Refunds that are not done.", float64(n.Refunds))
	gauge("envelopes_quarantined", "Envelopes that somebody has to look at.", float64(n.Sealed))
	gauge("devices_listening", "Devices connected for nudges.", float64(f.s.Devices.Listening()))
	owed, err := f.s.Ledger.Receivables(ctx)
	if err != nil {
		bad("receivables_cents", err)
		return
	}
	sum := int64(0)
	for _, o := range owed {
		sum += int64(o.Amount)
	}
	gauge("receivables_cents", "Fees that are not paid yet, in euro cents.", float64(sum))
	mark, err := f.s.Store.Watermark(ctx)
	if err != nil {
		bad("backup_timestamp_seconds", err)
		return
	}
	if !mark.IsZero() {
		gauge("backup_timestamp_seconds", "When the newest backup of this epoch began.", float64(mark.Unix()))
	}
}
