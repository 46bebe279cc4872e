package arch

import (
	"os"
	"testing"
	"testing/fstest"
)

func TestTheHouseKeepsItsFloors(t *testing.T) {
	found, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

func TestAWrongStairIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		file, imports string
		wrong         bool
	}{
		"money enters pay":             {"internal/core/money/x.go", `"` + Module + `/internal/core/pay"`, true},
		"pay enters money":             {"internal/core/pay/x.go", `"` + Module + `/internal/core/money"`, false},
		"the core draws":               {"internal/core/form/x.go", `"fyne.io/fyne/v2/widget"`, true},
		"the core reads files":         {"internal/core/service/x.go", `"os"`, true},
		"the core asks the network":    {"internal/core/visit/x.go", `"net/http"`, true},
		"the terminal enters a driver": {"kiosk/x.go", `"` + Module + `/drivers/zvt"`, true},
		"hardware enters a driver":     {"kiosk/hardware/x.go", `"` + Module + `/drivers/zvt"`, false},
		"a driver enters the core":     {"drivers/zvt/x.go", `"` + Module + `/internal/core/pay"`, true},
		"the town hall draws screens":  {"internal/townhall/web/x.go", `"` + Module + `/internal/ui/look"`, true},
		"the town hall embeds assets":  {"internal/townhall/cases/x.go", `"` + Module + `/assets"`, true},
		"sync enters the visit":        {"sync/store/x.go", `"` + Module + `/internal/core/visit"`, true},
		"SQLite in the town's pages":   {"internal/townhall/web/x.go", `"database/sql"`, true},
		"a second user of tarm/serial": {"drivers/zvt/x.go", `"github.com/tarm/serial"`, true},
		"the technician's tool draws":  {"cmd/technician/x.go", `"fyne.io/fyne/v2"`, true},
		"a window in the preview":      {"cmd/preview/x.go", `"fyne.io/fyne/v2/app"`, true},
		"a phone's half has drivers":   {"internal/outpost/x.go", `"` + Module + `/drivers/zvt"`, true},
		"a phone's half has a hall":    {"internal/outpost/x.go", `"` + Module + `/internal/server"`, true},
		"the town calls what ships":    {"internal/town/x.go", `"` + Module + `/internal/server"`, false},
		"the phone enters a driver":    {"mobile/x.go", `"` + Module + `/drivers/scan"`, true},
		"the phone enters its memory":  {"mobile/x.go", `"` + Module + `/sync/store"`, true},
		"the phone prepares a photo":   {"mobile/x.go", `"` + Module + `/internal/core/photo"`, false},
		"the phone's app has hardware": {"cmd/mobile/x.go", `"` + Module + `/kiosk/hardware"`, true},
		"the town hall reads a photo":  {"internal/townhall/publish/x.go", `"` + Module + `/internal/core/photo"`, false},
		"a photo enters the form":      {"internal/core/photo/x.go", `"` + Module + `/internal/core/form"`, true},
		"a schema enters the form":     {"internal/core/fim/x.go", `"` + Module + `/internal/core/form"`, true},
		"the town's pages nudge":       {"internal/townhall/web/x.go", `"github.com/gorilla/websocket"`, true},
		"the device's memory nudges":   {"sync/store/x.go", `"github.com/gorilla/websocket"`, true},
		"a phone's half nudges":        {"internal/outpost/x.go", `"github.com/gorilla/websocket"`, true},
		"the device's half nudges":     {"sync/device/x.go", `"github.com/gorilla/websocket"`, false},
		"the ID card's emulator talks": {"drivers/eid/eidemu/x.go", `"github.com/gorilla/websocket"`, false},
		"the town's pages draw a code": {"internal/townhall/web/x.go", `qrcode "github.com/skip2/go-qrcode"`, true},
		"a PDF draws a code itself":    {"internal/core/document/pdf/x.go", `qrcode "github.com/skip2/go-qrcode"`, true},
		"a screen draws a code itself": {"internal/ui/paper/x.go", `qrcode "github.com/skip2/go-qrcode"`, true},
		"the one room draws a code":    {"internal/core/document/qr/x.go", `qrcode "github.com/skip2/go-qrcode"`, false},
		"the receipt printer's codes":  {"drivers/escpos/x.go", `qrcode "github.com/skip2/go-qrcode"`, false},
		"a room nobody knows":          {"internal/util/x.go", `"strings"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Check(fstest.MapFS{c.file: {Data: []byte("package x\n\nimport " + c.imports + "\n")}})
			if err != nil {
				t.Fatal(err)
			}
			if (len(found) > 0) != c.wrong {
				t.Errorf("violations %v, want wrong = %v", found, c.wrong)
			}
		})
	}
}
