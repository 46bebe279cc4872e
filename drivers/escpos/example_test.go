package escpos_test

import (
	"context"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// A printer is found by its name, handed its line, and says when the slip is out.
func Example() {
	here, there := port.Pipe() // port.Open opens real lines
	paper, err := escposemu.New(escposemu.Opts{})
	if err != nil {
		panic(err)
	}
	go func() { _ = paper.Serve(context.Background(), there) }()

	profile, err := escpos.Named("epson-tm-t20iii")
	if err != nil {
		panic(err)
	}
	printer := escpos.New(here, escpos.Opts{Profile: profile})
	defer printer.Close()
	done, err := printer.Print(context.Background(), []escpos.Part{{
		{Text: "Stadt Bad Oeynhausen", Center: true, Bold: true},
		{Kind: escpos.Pair, Label: "Bezahlt", Text: "30,70 €"},
		{Kind: escpos.QR, Data: "BO-26-4T7K"},
	}})
	fmt.Println(done, err)
	fmt.Println(paper.Slips()[0].Text[0][1])
	// Output:
	// 1 <nil>
	// Bezahlt                                  30,70 €
}

// What was sent to a printer can be read.
func ExampleCommands() {
	for _, c := range escpos.Commands([]byte("\x1b@\x1bt\x13Gr\x81\xe1e\n\x1dVB\x00")) {
		fmt.Println(c.Offset, c.Name, c.Text, c.Params())
	}
	// Output:
	// 0 ESC @  map[]
	// 2 ESC t  map[n:19]
	// 5 text Grüße map[]
	// 10 LF  map[]
	// 11 GS V  map[m:66 n:0]
}
