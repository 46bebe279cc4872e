# Rathausnah. `make run` shows the town, `make test` proves it, `make bench` measures it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
# One flag set everywhere: every other set would compile everything again.
TAGS  := gles,migrated_fynedo,sqlite_fts5
GO    := go
BUILD := $(GO) build -tags $(TAGS)
PROGRAMS := ./cmd/kiosk ./cmd/townhall ./cmd/technician ./cmd/demo ./cmd/preview
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
export LANG := C.UTF-8

# Rooms that draw import Fyne; all others are tested with the race detector.
DRAWING := ./internal/ui/... ./kiosk ./cmd/kiosk ./cmd/demo ./cmd/preview

.PHONY: run test bench build setup-run setup-test check unit race journeys clean

run: setup-run build
	./out/bin/demo

test: setup-test check build unit race journeys

bench: setup-test build
	./out/bin/demo bench

build:
	@mkdir -p out/bin
	$(BUILD) -o out/bin/ $(PROGRAMS)

setup-run:
	@.ci/setup run

setup-test:
	@.ci/setup run test

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet -tags $(TAGS) ./...
	$(GO) run $(STATICCHECK) -tags $(TAGS) ./...
	@.ci/vulnerabilities $(GOVULNCHECK) $(TAGS)

unit:
	$(GO) test -tags $(TAGS) $(DRAWING)

race:
	$(GO) test -race -tags $(TAGS) $$($(GO) list -tags $(TAGS) ./... | grep -vxFf <($(GO) list -tags $(TAGS) $(DRAWING)))

journeys:
	./out/bin/demo --headless --journey parking-permit
	./out/bin/demo --headless --journey parking-permit --offline --out out/offline

clean:
	rm -rf out
