package rfid_test

import (
	"context"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
)

func ExampleDev_Read() {
	line, device := port.Pipe()
	reader := rfidemu.New(rfidemu.Opts{Model: rfid.TWN4})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go reader.Serve(ctx, device)

	dev := rfid.New(line, rfid.Opts{Model: rfid.TWN4})
	defer dev.Close()
	version, err := dev.Version(ctx)
	fmt.Println(version, err)

	reader.Hold(rfid.Tag{ID: []byte{0x6E, 0x40, 0x1B, 0xA8}, Bits: 32, Kind: rfid.MIFARE})
	tag, err := dev.Read(ctx)
	fmt.Println(tag.Kind, tag.Hex(), err)
	// Output:
	// TWN4/B1.06/CCF4.51/PRS1.04 <nil>
	// ISO 14443 A 6E401BA8 <nil>
}
