package main

import (
	"bytes"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// bareCmd is the smallest program that answers a finger: its window fills the screen, and whenever it is pressed it is painted anew, every pixel of
// it, by the X protocol and nothing else. What a tap costs there no program without a GPU can do much better.
type bareCmd struct{}

// Run paints until the display goes.
func (bareCmd) Run() error {
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("demo: bare: %w", err)
	}
	defer conn.Close()
	s := xproto.Setup(conn).DefaultScreen(conn)
	win, err := xproto.NewWindowId(conn)
	if err != nil {
		return fmt.Errorf("demo: bare: %w", err)
	}
	gc, err := xproto.NewGcontextId(conn)
	if err != nil {
		return fmt.Errorf("demo: bare: %w", err)
	}
	w, h := int(s.WidthInPixels), int(s.HeightInPixels)
	err = xproto.CreateWindowChecked(conn, s.RootDepth, win, s.Root, 0, 0, s.WidthInPixels, s.HeightInPixels, 0, xproto.WindowClassInputOutput, s.RootVisual,
		xproto.CwEventMask, []uint32{xproto.EventMaskButtonPress}).Check()
	if err == nil {
		err = xproto.CreateGCChecked(conn, gc, xproto.Drawable(win), 0, nil).Check()
	}
	if err == nil {
		err = xproto.MapWindowChecked(conn, win).Check()
	}
	if err != nil {
		return fmt.Errorf("demo: bare: %w", err)
	}
	fmt.Println(`{"ready":true}`)
	pix, next := bytes.Repeat([]byte{0x30}, w*h*4), bytes.Repeat([]byte{0xC0}, w*h*4)
	for {
		event, failed := conn.WaitForEvent()
		if event == nil && failed == nil {
			return nil
		}
		if failed != nil {
			return fmt.Errorf("demo: bare: %w", failed)
		}
		const rows = 48 // a request holds at most 256 KiB
		for y := 0; y < h; y += rows {
			n := min(rows, h-y)
			xproto.PutImage(conn, xproto.ImageFormatZPixmap, xproto.Drawable(win), gc, uint16(w), uint16(n), 0, int16(y), 0, s.RootDepth, pix[y*w*4:(y+n)*w*4])
		}
		pix, next = next, pix
	}
}
