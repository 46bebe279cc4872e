# Rathausnah. `make run` shows the town, `make test` proves it, `make bench` measures it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
# One flag set everywhere: every other set would compile everything again.
TAGS  := gles,migrated_fynedo,sqlite_fts5
GO    := go
BUILD := $(GO) build -tags $(TAGS)
PROGRAMS := ./cmd/kiosk ./cmd/mobile ./cmd/townhall ./cmd/technician ./cmd/demo ./cmd/preview
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# Packages the phone's app; needs the Android NDK.
FYNE := fyne.io/tools/cmd/fyne@v1.7.4
NDK := 27.2.12479018
ANDROID_BUILD := 35.0.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
export LANG := C.UTF-8

# Rooms that draw import Fyne; all others are tested with the race detector. Under it, -short leaves out the browser and what takes long in one
# goroutine; the rooms in which that is so are tested without it as well.
DRAWING := ./internal/ui/... ./kiosk ./mobile ./cmd/kiosk ./cmd/mobile ./cmd/preview
LONG     = $(shell grep -rl --include=*_test.go 'testing.Short()' cmd internal kiosk mobile drivers sync | xargs -n1 dirname | sort -ru | sed 's,^,./,')

.PHONY: run test bench build setup-run setup-test check unit race journeys pictures android clean

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

# Compilers and tests live briefly: memory is cheaper for them than the collector's time.
check unit race: export GOGC := 400

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet -tags $(TAGS) ./...
	$(GO) vet -tags mobile,$(TAGS) ./cmd/mobile
	$(GO) run $(STATICCHECK) -tags $(TAGS) ./...
	@.ci/vulnerabilities $(GOVULNCHECK) $(TAGS)

# Three at a time: the longest waits for a browser.
unit:
	$(GO) test -vet=off -p 3 -tags $(TAGS) $(LONG) $(DRAWING)

# What derives keys from passwords and scales pictures computes much and shares nothing: it runs without the race detector also here.
ALONE := golang.org/x/crypto/scrypt golang.org/x/crypto/argon2 golang.org/x/crypto/blake2b golang.org/x/image/draw
race:
	$(GO) test -vet=off -race -short -tags $(TAGS) $(ALONE:%=-gcflags=%=-race=false) $$($(GO) list -tags $(TAGS) ./... | grep -vxFf <($(GO) list -tags $(TAGS) $(DRAWING)))

# Every journey is a town of its own, on a display of its own: two are played at a time.
PLAYS := permit offline english unclear paper devices pause report follow kills
journeys:
	@$(MAKE) --no-print-directory -j2 --output-sync=target $(PLAYS:%=play-%)
play-permit:  ; ./out/bin/demo --headless --journey parking-permit
play-offline: ; ./out/bin/demo --headless --journey parking-permit --offline --out out/offline
play-english: ; ./out/bin/demo --headless --journey parking-permit-english --size 1280x800
play-unclear: ; ./out/bin/demo --headless --journey payment-unclear
play-paper:   ; ./out/bin/demo --headless --journey paper-runs-out
play-devices: ; ./out/bin/demo --headless --journey devices-return
play-pause:   ; ./out/bin/demo --headless --journey pause-resume
play-report:  ; ./out/bin/demo --headless --journey defect-report
play-follow:  ; ./out/bin/demo --headless --journey defect-follow
play-kills:   ; ./out/bin/demo kills --rounds 20

pictures: build
	./out/bin/demo --headless --journey parking-permit
	./out/bin/demo pictures

# The packager needs the Android SDK's build tools and the NDK (ANDROID_HOME, ANDROID_NDK_HOME), which are not part of `make setup-*`; the app that comes
# out has not been tried on a phone here. cmd/mobile/town/README.md says how an app gets to know its town.
android:
	@test -n "$${ANDROID_NDK_HOME:-}" || { echo "Without the Android NDK no APK can be built: set ANDROID_NDK_HOME (and ANDROID_HOME) to where it is"; exit 1; }
	@grep -qs "Pkg.Revision *= *$(NDK)" "$${ANDROID_NDK_HOME:-}/source.properties" || { echo "make android wants the Android NDK $(NDK), and no other: $${ANDROID_NDK_HOME:-} has another"; exit 1; }
	@test -x "$${ANDROID_HOME:-}/build-tools/$(ANDROID_BUILD)/aapt2" || { echo "make android wants the Android SDK's build tools $(ANDROID_BUILD) in ANDROID_HOME"; exit 1; }
	@test -f cmd/mobile/town/mobile.yaml || { echo "cmd/mobile/town/mobile.yaml is missing: see cmd/mobile/town/README.md"; exit 1; }
	cd cmd/mobile && $(GO) run $(FYNE) package --target android --tags migrated_fynedo,sqlite_fts5

clean:
	rm -rf out
