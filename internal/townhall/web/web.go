// Package web is the staff's pages: server-rendered HTML that works without a script, and faster with htmx.
//
// The pages say what the Book knows and pass on what a clerk decides; they hold no truth of their own. What a citizen answered is on a
// page only as long as it is looked at: pages are never cached, and no answer is in a log or an error.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// Reader looks at cases.
type Reader interface {
	// List gives one page of the cases that the filter lets through.
	List(ctx context.Context, f cases.Filter) (cases.Page, error)
	// Counts gives the numbers of the worklist's head for one clerk.
	Counts(ctx context.Context, clerk string) (cases.Counts, error)
	// Get gives one case with everything; cases.ErrNotFound.
	Get(ctx context.Context, number string) (cases.Case, error)
	// Refunds lists the money that has to go back, and what went back lately.
	Refunds(ctx context.Context) ([]cases.Refund, error)
	// Photo gives the bytes of a file that came with a case; cases.ErrNotFound.
	Photo(ctx context.Context, number, digest string) ([]byte, error)
}

// Decider moves a case. Each call names the version the clerk saw: cases.ErrChanged when the case moved on since, cases.ErrState when the
// case is past that point.
type Decider interface {
	Take(ctx context.Context, number, clerk string, version int64) error
	Ask(ctx context.Context, number, clerk, text string, version int64) error
	Approve(ctx context.Context, number, clerk, text string, version int64) error
	Reject(ctx context.Context, number, clerk, text string, version int64) error
	Paid(ctx context.Context, number, clerk, how string, version int64) error
	Note(ctx context.Context, number, clerk, text string, version int64) error
	// Enclose adds files that were handed in later; cases.ErrMany.
	Enclose(ctx context.Context, number, clerk, what string, files []cases.Photo, version int64) error
	RefundDone(ctx context.Context, number, clerk string) error
	// Erase erases what was said in a decided case; cases.ErrState.
	Erase(ctx context.Context, number, clerk, why string, version int64) error
}

// Enterer makes cases at the counter. The documents it returns are the only place of a slip's secret.
type Enterer interface {
	Enter(ctx context.Context, clerk string, app service.Application, photos ...cases.Photo) (cases.Case, document.Document, error)
	Replace(ctx context.Context, number, clerk, identified string) (document.Document, error)
}

// Writer makes a case's papers for people who want them on paper.
type Writer interface {
	// Summary is the whole application as a PDF; home is where this town hall's schemas are. cases.ErrNotFound when its form is not known here.
	Summary(ctx context.Context, number, home string) ([]byte, error)
	// Draft is what a letter about the case can say before anybody wrote.
	Draft(c cases.Case) service.Letter
	// Letter makes a letter and notes it in the case's log; cases.ErrAddress, cases.ErrEmpty.
	Letter(ctx context.Context, number, clerk string, l service.Letter) ([]byte, error)
}

// Book is what the pages need of the cases; *cases.Book is one.
type Book interface {
	Reader
	Decider
	Enterer
	Writer
}

// ErrSignIn says that login and password do not belong together, or that the account may not be used.
var ErrSignIn = errors.New("web: login or password is wrong")

// User is somebody who works with the pages.
type User struct {
	Login string // unique, as it is written into a case's history
	Name  string // as colleagues read it: "Birgit Kowalski"
	Since string // another one after every change of the password: sessions from before have ended

	Publishes bool // may decide which services are offered
}

// Users knows who may sign in.
type Users interface {
	// Check gives the user for login and password, or an error that wraps ErrSignIn. It takes as long for an unknown login as for a known one.
	Check(ctx context.Context, login, password string) (User, error)
	// Find gives somebody who signed in earlier; false when the account is gone or closed. It is asked with every page.
	Find(ctx context.Context, login string) (User, bool, error)
}

// Options is what New needs.
type Options struct {
	Book      Book
	Users     Users
	Catalogue *service.Catalogue // the services of the town, and its name
	Reports   Reports            // reports of defects; nil: their pages are not there
	Jobs      Jobs               // the town's vacancies; nil: their page is not there
	Library   Library            // what is published beside the catalogue; nil: its pages are not there
	Surveys   Surveys            // what is only counted; nil: its pages are not there, and no survey is entered
	Queues    Queues             // how many people wait where; nil: their page is not there
	Home      string             // under which the town hall publishes its schemas, without a slash at its end; "" when nobody knows
	Town      *place.Town        // its map; nil: reports stand on plain ground
	Now       func() time.Time
	Zone      *time.Location // in which pages write times; nil: Europe/Berlin
	Secure    bool           // pages are reached by TLS: cookies say so, and HSTS is set
	Proxy     bool           // the town's own proxy stands in front: who asks is the last address that it added to X-Forwarded-For
	Sessions  scs.Store      // nil: in memory, so that a restart signs everybody out
	Log       *slog.Logger   // nil: nothing is logged
}

// How long a session lives.
const (
	idleTime = time.Hour
	workday  = 10 * time.Hour
)

type site struct {
	Options
	sessions *scs.SessionManager
	pages    pages
	static   static
	limit    *limiter
	drafts   *drafts
	tickets  *tickets
	searches *searches
	sheets   *sheets
}

// New gives the staff's pages as one handler. It fails when an option is missing or a template is broken.
func New(o Options) (http.Handler, error) {
	switch {
	case o.Book == nil:
		return nil, errors.New("web: no book")
	case o.Users == nil:
		return nil, errors.New("web: no users")
	case o.Catalogue == nil:
		return nil, errors.New("web: no catalogue")
	case o.Now == nil:
		return nil, errors.New("web: no clock")
	}
	if o.Zone == nil {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			return nil, fmt.Errorf("web: time zone: %w", err)
		}
		o.Zone = zone
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Sessions == nil {
		o.Sessions = memstore.New()
	}
	st, err := loadStatic()
	if err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	pg, err := loadPages(st, o.Zone, o.Now)
	if err != nil {
		return nil, fmt.Errorf("web: templates: %w", err)
	}
	s := &site{
		Options: o, sessions: scs.New(), pages: pg, static: st,
		limit: newLimiter(o.Now), drafts: newDrafts(o.Now), tickets: newTickets(o.Now), searches: newSearches(o.Now), sheets: newSheets(o.Now),
	}
	s.sessions.Store = o.Sessions
	s.sessions.IdleTimeout, s.sessions.Lifetime = idleTime, workday
	s.sessions.Cookie.Name = "sitzung"
	s.sessions.Cookie.HttpOnly = true
	s.sessions.Cookie.SameSite = http.SameSiteLaxMode
	s.sessions.Cookie.Secure = o.Secure
	s.sessions.Cookie.Persist = false
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, r, err) }
	return s.routes(), nil
}
