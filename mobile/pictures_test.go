package mobile

import (
	"bytes"
	"sync"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
)

// The pictures on the phone, each with its own trouble.
var pictures = sync.OnceValue(func() fstest.MapFS {
	town, err := content.Map()
	if err != nil {
		panic(err)
	}
	at, _ := town.Locate("Klosterstraße", "14")
	img := phototest.JPEG(phototest.Scene(1200, 900), 80)
	with := func(n phototest.Notes) *fstest.MapFile { return &fstest.MapFile{Data: phototest.Annotate(img, n)} }
	other := func(w int, n phototest.Notes) *fstest.MapFile {
		return &fstest.MapFile{Data: phototest.Camera(w, w*3/4, n)}
	}
	huge := bytes.Clone(img)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	copy(huge[sof+5:], []byte{12250 >> 8, 12250 & 0xff, 16320 >> 8, 16320 & 0xff}) // 200 megapixels
	return fstest.MapFS{
		"schlagloch.jpg": with(phototest.Notes{Lat: phototest.North(at.Lat), Lon: phototest.East(at.Lon), Taken: "2026:11:24 10:20:00", Orientation: 1}),
		"hochkant.jpg":   with(phototest.Notes{Orientation: 6}),
		"atlantik.jpg":   other(800, phototest.Notes{Lat: phototest.North(30), Lon: phototest.East(-40)}),
		"null.jpg":       other(600, phototest.Notes{Lat: phototest.North(0), Lon: phototest.East(0), Taken: "1970:01:01 00:00:00"}),
		"klein.jpg":      {Data: phototest.JPEG(phototest.Scene(400, 300), 80)},
		"riesig.jpg":     {Data: huge},
		"kaputt.jpg":     {Data: img[:len(img)/3]},
		"rechnung.jpg":   {Data: []byte("%PDF-1.7\n1 0 obj\n")},
		"iphone.heic":    {Data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")},
		"leer.jpg":       {Data: []byte{}},
	}
})
