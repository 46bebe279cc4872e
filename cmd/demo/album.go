package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
)

// Where the demo's photos were taken: at the Klosterstraße, some metres from each other.
const holeLat, holeLon = 52.2042, 8.79983

// cameraWord is what the demo's camera writes into its own notes. Nobody else has any business with it.
const cameraWord = "Seriennummer-4711-Kamera-von-Renate"

// album is the demo's photos, drawn by rules when they are first needed.
type album struct {
	snapshots func() map[string][]byte // the photos on a phone, by file name
	mended    func() []byte            // the photo of the repaired place, taken by somebody of the town
}

func newAlbum() *album {
	return &album{snapshots: sync.OnceValue(drawSnapshots), mended: sync.OnceValue(drawMended)}
}

// drawSnapshots draws photos with the notes that cameras write.
func drawSnapshots() map[string][]byte {
	notes := func(lat, lon float64) phototest.Notes {
		return phototest.Notes{Orientation: 1, Taken: "2026:11:24 10:20:00", Lat: phototest.North(lat), Lon: phototest.East(lon), Maker: []byte(cameraWord)}
	}
	upright := notes(holeLat, holeLon)
	upright.Orientation = 6
	return map[string][]byte{
		"schlagloch.jpg": phototest.Annotate(phototest.JPEG(turned(phototest.Scene(1512, 2016)), 92), upright),
		"zuhause.jpg":    phototest.Camera(1600, 1200, phototest.Notes{Orientation: 1, Taken: "2026:11:24 10:21:00", Maker: []byte(cameraWord)}),
		"nebenan.jpg":    phototest.Camera(1200, 900, notes(holeLat+0.0002, holeLon)), // 22 metres further north
	}
}

// turned is a picture as the sensor of a camera sees it that is held upright: it has to be turned clockwise to be seen.
func turned(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range w {
		for x := range h {
			out.SetRGBA(x, y, img.RGBAAt(w-1-y, x))
		}
	}
	return out
}

func drawMended() []byte {
	road := phototest.Scene(2600, 960).SubImage(image.Rect(0, 0, 960, 960)) // the hole is further to the right
	return phototest.Annotate(phototest.JPEG(road, 92), phototest.Notes{Taken: "2026:11:25 08:00:00", Lat: phototest.North(holeLat), Lon: phototest.East(holeLon), Maker: []byte(cameraWord)})
}

// bare makes sure that a JPEG carries the picture and nothing else: no notes of any program, no comment, no position.
func bare(jpeg []byte) error {
	p, err := photo.Read(jpeg)
	if err != nil {
		return err
	}
	if p.Place != nil || !p.Taken.IsZero() {
		return errors.New("demo: the photo says where or when it was taken")
	}
	for at := 2; at+4 <= len(jpeg) && jpeg[at] == 0xff; {
		marker := jpeg[at+1]
		if marker == 0xda { // what follows is the picture
			break
		}
		if marker >= 0xe0 && marker <= 0xef || marker == 0xfe {
			return fmt.Errorf("demo: the photo carries a segment %#x beside the picture", marker)
		}
		at += 2 + int(jpeg[at+2])<<8 + int(jpeg[at+3])
	}
	if bytes.Contains(jpeg, []byte(cameraWord)) {
		return errors.New("demo: the photo knows the camera")
	}
	return nil
}
