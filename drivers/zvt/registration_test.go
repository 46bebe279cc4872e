package zvt_test

import (
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// The bits of P015 table 1, page 27, and table 2, page 28, and the objects of page 26, each at its place.
func TestARegistrationSaysAllThatItMaySay(t *testing.T) {
	for want, o := range map[string]zvt.Opts{
		"06 00 0E 12 34 56 02 09 78 06 06 26 04 0A 02 06 D3":       {Config: zvt.PrintsPayments},
		"06 00 0E 12 34 56 04 09 78 06 06 26 04 0A 02 06 D3":       {Config: zvt.PrintsAdministration},
		"06 00 0E 12 34 56 08 09 78 06 06 26 04 0A 02 06 D3":       {Config: zvt.WantsProgress},
		"06 00 0E 12 34 56 10 09 78 06 06 26 04 0A 02 06 D3":       {Config: zvt.StartsPayments},
		"06 00 0E 12 34 56 20 09 78 06 06 26 04 0A 02 06 D3":       {Config: zvt.StartsAdministration},
		"06 00 0E 12 34 56 80 09 78 06 06 26 04 0A 02 06 D3":       {Config: zvt.PrintsWhatTerminalSays},
		"06 00 10 12 34 56 BE 09 78 03 03 06 06 26 04 0A 02 06 D3": {Service: zvt.NoServiceKey | zvt.Capitals},
		"06 00 1E 12 34 56 BE 09 78 03 02 06 14 12 01 32 14 01 FE 26 08 0A 02 06 D3 0A 02 06 D1 1A 02 04 00": {
			Service: zvt.Capitals, Width: 32, Charset: zvt.UTF8, Commands: []zvt.Command{zvt.PrintLine}, TLV: []zvt.TLV{{Tag: zvt.TagMaxAPDU, Value: []byte{0x04, 0x00}}}},
	} {
		o.Password = "123456"
		d, p := play(t, o)
		ended := make(chan error, 1)
		go func() { ended <- d.Register(t.Context()) }()
		p.hears(hexed(t, want))
		p.says(bare(zvt.Acknowledge)...)
		p.says(bare(zvt.Completion)...)
		p.hears(bare(zvt.Acknowledge))
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestWhatATerminalSaysAtRegistrationIsKept(t *testing.T) {
	d, p := play(t, zvt.Opts{Charset: zvt.Latin9})
	ended := make(chan error, 1)
	go func() { ended <- d.Register(t.Context()) }()
	p.hears(bare(zvt.Register, 0, 0, 0, 0xBE, 0x09, 0x78, 0x06, 0x09, 0x14, 0x01, 0x0F, 0x26, 0x04, 0x0A, 0x02, 0x06, 0xD3))
	p.says(bare(zvt.Acknowledge)...)
	p.says(hexed(t, "06 0F 25 19 1C 29 65 00 00 28 49 09 78 06 19 12 01 40 27 03 14 01 0F 1A 02 10 00 26 08 0A 02 06 D3 0A 02 06 D1 13 01 41")...)
	p.hears(bare(zvt.Acknowledge))
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	i := d.Info()
	if i.TerminalID != "65000028" || i.Currency != "0978" || i.Width != 40 || i.Charset != zvt.Latin9 || i.Longest != 4096 || !i.Prints() || len(i.Commands) != 2 {
		t.Errorf("%+v", i)
	}
	if i.NeedsInitialisation || i.NeedsDiagnosis || !i.NeedsOPT || !i.FillingStation || !i.Vending {
		t.Errorf("%+v", i)
	}
}

// Who takes a bit away gets what the document says: words, receipts of payments and all other receipts come or do not come.
func TestABitOfTheConfigurationIsObeyed(t *testing.T) {
	for taken, want := range map[zvt.Config]struct{ words, receipts, admin bool }{
		0:                                       {true, true, true},
		zvt.WantsProgress:                       {false, true, true},
		zvt.PrintsPayments:                      {true, false, true},
		zvt.PrintsAdministration:                {true, true, false},
		zvt.PrintsWhatTerminalSays:              {true, false, false},
		zvt.StartsPayments:                      {true, true, true},
		zvt.StartsAdministration:                {true, true, true},
		zvt.PrintsPayments | zvt.WantsProgress:  {false, false, true},
		zvt.DefaultConfig &^ zvt.StartsPayments: {false, false, false},
		zvt.PrintsAdministration | zvt.PrintsPayments: {true, false, false},
	} {
		d := newBench(t, "pipe", zvtemu.Opts{}).registered(zvt.Opts{Config: zvt.DefaultConfig &^ taken})
		var log diary
		r, err := d.Pay(t.Context(), 100, log.watch())
		if err != nil || !r.Done {
			t.Fatalf("without %v: %+v, %v", taken, r, err)
		}
		day, err := d.EndOfDay(t.Context())
		if err != nil || !day.Done {
			t.Fatalf("without %v: %+v, %v", taken, day, err)
		}
		if got := len(log.words) > 0; got != want.words {
			t.Errorf("without %v: words %v", taken, got)
		}
		if merchant, customer := len(r.Merchant) > 0, len(r.Customer) > 0; merchant != want.receipts || customer != want.receipts {
			t.Errorf("without %v: receipts for the merchant %v, for the customer %v", taken, merchant, customer)
		}
		if got := len(day.Admin) > 0; got != want.admin {
			t.Errorf("without %v: end of day printed %v", taken, got)
		}
	}
}
