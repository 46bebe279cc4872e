package publish

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// CollectionReports holds the reports of defects that a clerk published, for everybody. Each record's data is a Report.
const CollectionReports = "reports"

// Public is the scope that needs no enrolment: what everybody may know.
const Public = wire.ScopePublic

// What may be published of a report.
const (
	thumbEdge  = 320     // pixels of the longer edge
	thumbBytes = 9 << 10 // of the JPEG: at most 12 KiB as text
)

// States of a published report.
const (
	ReportReceived = "received"
	ReportInWork   = "in_work"
	ReportDone     = "done"
)

// Report is what everybody may know of a report of a defect. Nothing in it leads to who reported it.
type Report struct {
	ID       string   `json:"id"`       // random
	Category string   `json:"category"` // id of the service's choice
	What     string   `json:"what"`     // id of the second choice, may be empty
	Title    string   `json:"title"`    // in German: "Schlagloch"
	Street   string   `json:"street"`   // without the house number, so that phones can compare it; may be empty
	Lat      *float64 `json:"lat"`      // degrees, WGS 84; null where no point is known
	Lon      *float64 `json:"lon"`
	Day      string   `json:"day"`   // on which it was received: "2026-11-23"
	State    string   `json:"state"` // ReportReceived, ReportInWork or ReportDone
	Text     string   `json:"text"`  // words that a clerk made fit; may be empty
	Thumb    []byte   `json:"thumb"` // JPEG; may be empty
	Supports int      `json:"supports"`
}

// Record is the record to publish in the scope Public. It is stored in the same transaction as the case, so that what everybody sees is never
// older than what the town hall knows; that is why reports are not put by a Publisher.
func (r Report) Record() (wire.Record, error) {
	if r.ID == "" {
		return wire.Record{}, errors.New("publish: report: no id")
	}
	if r.Thumb == nil {
		r.Thumb = []byte{} // "" instead of null
	}
	data, err := json.Marshal(r)
	if err != nil {
		return wire.Record{}, fmt.Errorf("publish: report: %w", err)
	}
	return wire.Record{Collection: CollectionReports, ID: r.ID, Data: data}, nil
}

// ReportGone is the record that takes a published report back.
func ReportGone(id string) wire.Record {
	return wire.Record{Collection: CollectionReports, ID: id, Deleted: true}
}

// Covered gives a photo with areas, in its pixels, made unrecognisable for good. Areas that miss the picture are an error: who covered a face
// must not publish it because of a mistyped number.
func Covered(jpeg []byte, areas []image.Rectangle) ([]byte, error) {
	return covered(jpeg, areas, photo.Options{})
}

func covered(jpeg []byte, areas []image.Rectangle, o photo.Options) ([]byte, error) {
	p, err := photo.Read(jpeg)
	if err != nil {
		return nil, fmt.Errorf("publish: photo: %w", err)
	}
	e, err := p.Edit(o)
	if err != nil {
		return nil, fmt.Errorf("publish: photo: %w", err)
	}
	defer e.Wipe()
	for _, a := range areas {
		if !e.Cover(a) {
			return nil, fmt.Errorf("publish: photo: %w", ErrArea)
		}
	}
	out, err := e.Encode()
	if err != nil {
		return nil, fmt.Errorf("publish: photo: %w", err)
	}
	return out.JPEG, nil
}

// ErrArea says that an area to cover is not on the picture.
var ErrArea = errors.New("publish: the area is not on the picture")

// Thumb makes the small picture that everybody may see of a photo. The areas are covered in the full picture first, so that nothing of them is
// in the small one.
func Thumb(jpeg []byte, areas []image.Rectangle) ([]byte, error) {
	full, err := Covered(jpeg, areas)
	if err != nil {
		return nil, err
	}
	return covered(full, nil, photo.Options{Edge: thumbEdge, Bytes: thumbBytes})
}
