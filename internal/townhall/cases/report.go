package cases

import (
	"context"
	"image"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// ReportService is the id of the service by which residents report what is broken or dirty. Its answers /category, /what, /photos, /place
// and /words have their meaning here; everything else is the service's own.
const ReportService = "maengelmeldung"

// PathPhotos is where a report's answers name its photos.
const PathPhotos = "/photos"

// Report is what a case has more that reports a defect.
type Report struct {
	Category string // id of the service's choice
	What     string // id of the second choice, or ""
	Words    string // what the resident wrote
	Place    form.Spot
	Urgent   bool // the resident says that it is dangerous

	Public   *Publication // what was last published of it; nil: nothing ever
	Supports int          // how many others said that it is theirs too: reports merged into this one, and supporters
	Merged   []string     // numbers of the reports that were merged into this one, oldest first; only filled by Get
}

// Publication is what everybody may see of a report: the words and the picture that a clerk chose.
type Publication struct {
	ID    string            `json:"id"`    // random: it leads to the case at the town hall only
	Shown bool              `json:"shown"` // false: taken back
	Title string            `json:"title"` // what it is, in German: "Schlagloch"
	Text  string            `json:"text"`
	Photo string            `json:"photo,omitempty"` // digest of the case's photo that was chosen; empty: none
	Areas []image.Rectangle `json:"areas,omitempty"` // of the photo, in its pixels, that were made unrecognisable
	Thumb []byte            `json:"thumb,omitempty"` // the small picture itself, areas burned in
	Clerk string            `json:"clerk"`
	At    time.Time         `json:"at"`
}

// Photo is a picture that belongs to a case, bit for bit as it came: a JPEG without notes.
type Photo struct {
	Field         string // JSON pointer of the answer that names it
	Digest        string // hex SHA-256 of Data
	Width, Height int    // of a picture, in pixels
	Size          int    // in bytes
	Data          []byte // only on the way in; see Store.Photo
	Type          string // media type: enclosure.JPEG or enclosure.PDF; "" is a JPEG
	Pages         int    // of a document; 0: not known
	Name          string // what the citizen calls the file; see enclosure.Name. May be empty
}

// Supporter is somebody who said of a published report: that is mine too. Who it is nobody knows; only where the answers go.
type Supporter struct {
	Recipient string // age recipient that answers are sealed to
	Address   string // where they are kept
	Lang      string
	Number    string // the case number that the supporter's device made, or ""
	At        time.Time
}

// Sealed is an answer for somebody else than the case's own citizen.
type Sealed struct {
	Address string
	Data    []byte
}

// Also is another case that is stored in the same transaction.
type Also struct {
	Case Case
	From int64 // its version before
	With Change
}

// ReportFilter says which reports a list shows. The zero value shows all that were not merged into another one: urgent ones first, then by
// due day.
type ReportFilter struct {
	Open     bool          // only what is not decided
	Done     bool          // only what is decided
	State    service.State // "" = every state
	Category string        // "" = every category
	Urgent   bool          // only what is dangerous
	Public   bool          // only what everybody can see
	Since    time.Time     // only what was received from then on; zero = any
	Page     int           // from 1; 0 = 1
	Size     int           // 1 to 500; 0 = 50
}

// ReportCounts are figures about reports that were not merged into another one. All but Done count open ones.
type ReportCounts struct{ Open, New, InWork, Urgent, Public, Done int }

// ReportStore keeps what cases have more that report defects. Every method returns only when it is on disk.
type ReportStore interface {
	// Reports gives a page of reports, with Case.Report and Case.Photos, without the rest of their contents.
	Reports(ctx context.Context, f ReportFilter) (Page, error)
	// ReportCounts gives the figures above the list.
	ReportCounts(ctx context.Context) (ReportCounts, error)
	// Merged gives the whole cases that were merged into one, oldest first.
	Merged(ctx context.Context, number string) ([]Case, error)
	// ByPublic gives the number of the case that was published under an id; ErrNotFound.
	ByPublic(ctx context.Context, id string) (string, error)
	// Supporters lists who supports a report, oldest first.
	Supporters(ctx context.Context, number string) ([]Supporter, error)
	// Photo gives the bytes of a case's photo; ErrNotFound.
	Photo(ctx context.Context, number, digest string) ([]byte, error)
}

// reportOf reads the answers of a report; nil when the application is none. What cannot be read is empty: the checks at the door say why.
func reportOf(app service.Application) *Report {
	if app.Service != ReportService {
		return nil
	}
	text := func(path string) string {
		v, _ := app.Answers.Get(path)
		s, _ := v.(string)
		return s
	}
	r := &Report{Category: text("/category"), What: text("/what"), Words: text("/words")}
	if v, ok := app.Answers.Get("/place"); ok {
		r.Place, _ = form.SpotOf(v)
	}
	if v, ok := app.Answers.Get("/danger"); ok {
		r.Urgent = form.Same(v, true)
	}
	return r
}

// near is how far apart two reports of the same kind may be to look like one, in metres.
const near = 100

// Same tells whether two reports may be about the same thing: the same category, and within 100 metres or in the same street where one of
// them has no point.
func (r *Report) Same(o *Report) bool {
	if r == nil || o == nil || r.Category != o.Category {
		return false
	}
	if r.Place.Located && o.Place.Located {
		return place.Point{Lat: r.Place.Lat, Lon: r.Place.Lon}.Distance(place.Point{Lat: o.Place.Lat, Lon: o.Place.Lon}) <= near
	}
	return r.Place.Street != "" && street(r.Place.Street) == street(o.Place.Street)
}

// street writes a street's name in one of the ways that people write it.
func street(name string) string {
	name = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "-", "", " ", "", ".", "").Replace(strings.ToLower(name))
	if short, ok := strings.CutSuffix(name, "strasse"); ok {
		return short + "str"
	}
	return name
}
