package rfid_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
)

// plug plugs a reader in: a serial line whose name is that of every adapter of its kind, as udev's are. It gives what pulls the plug.
func plug(t *testing.T, name string, reader *rfidemu.Reader) (pull func()) {
	t.Helper()
	theirs, node, err := port.PTY()
	if err != nil {
		t.Skip("no pseudo terminals here:", err)
	}
	if err := os.Symlink(node, name); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- reader.Serve(t.Context(), theirs) }()
	return func() {
		os.Remove(name)
		theirs.Close()
		<-served // a cable that is pulled in the middle of a word is an error to who speaks
	}
}

func TestAReaderThatIsUnpluggedAndBackReadsWithin5Seconds(t *testing.T) {
	for _, model := range rfid.Models() {
		t.Run(string(model), func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "reader")
			reader := rfidemu.New(rfidemu.Opts{Model: model, Repeat: 100 * time.Millisecond})
			tags, states := make(chan rfid.Tag), make(chan port.State, 100)
			ctx, stop := context.WithCancel(t.Context())
			kept := make(chan error, 1)
			keeper := port.NewKeeper(&url.URL{Scheme: "serial", Path: name}, port.KeeperOpts{Tell: func(s port.State) { states <- s }})
			go func() {
				kept <- keeper.Keep(ctx, func(ctx context.Context, p port.Port) error {
					dev := rfid.New(p, rfid.Opts{Model: model})
					for {
						tag, err := dev.Read(ctx)
						if err != nil {
							return err
						}
						tags <- tag
					}
				})
			}()
			for _, want := range []rfid.Tag{card, other} {
				pull := plug(t, name, reader)
				for deadline := time.After(5 * time.Second); ; {
					reader.Hold(want)
					select {
					case got := <-tags:
						if got.Hex() != want.Hex() {
							t.Errorf("read %s", got.Hex())
						}
					case <-time.After(300 * time.Millisecond):
						reader.Take()
						time.Sleep(1100 * time.Millisecond)
						continue
					case <-deadline:
						t.Fatal("not read")
					}
					break
				}
				reader.Take()
				for len(states) > 0 {
					<-states // of before
				}
				pull()
				for deadline := time.After(5 * time.Second); ; {
					select {
					case s := <-states:
						if s.Up {
							continue
						}
					case <-deadline:
						t.Fatal("nobody noticed that it is unplugged")
					}
					break
				}
			}
			stop()
			<-kept
		})
	}
}
