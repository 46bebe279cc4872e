package zvt_test

import (
	"context"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// A payment of 30.70 euros. At a counter the line is port.Open's, of an address such as zvt+tcp://10.0.0.7:20007.
func Example() {
	line, other := port.Pipe()
	terminal, err := zvtemu.New(zvtemu.Opts{})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { _ = terminal.Serve(ctx, other) }()

	dev := zvt.New(line, zvt.Opts{Lang: "en"})
	defer dev.Close()
	if err := dev.Register(ctx); err != nil {
		fmt.Println(err)
		return
	}
	r, err := dev.Pay(ctx, 3070, zvt.Watch{
		Say:    func(_ byte, words string) { fmt.Println(words) },
		Status: func(s zvt.Status) error { return nil }, // make it durable here: nil lets the terminal keep the money
	})
	fmt.Println(r.Done, err, r.Status.Amount, "cents")
	// Output:
	// Insert card
	// Bitte warten
	// true <nil> 3070 cents
}
