package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/portal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/web"
)

// Door is an address at which somebody can come.
type Door struct {
	Name    string      // for Address and the log
	Listen  string      // host and port
	TLS     *tls.Config // nil: plain HTTP
	Handler http.Handler
}

// DeviceDoor is the door for terminals and phones, with a certificate of the town hall's own authority for the names that they use.
func (s *Server) DeviceDoor(listen string, names []string) (Door, error) {
	config, err := s.CA.TLS(names, s.o.Now)
	if err != nil {
		return Door{}, err
	}
	config.NextProtos = []string{"http/1.1"} // the websocket needs it
	return Door{"device", listen, config, s.Devices}, nil
}

// StaffDoor is the door to the staff's pages. Without config they are plain HTTP: for this machine, or behind a proxy that does TLS.
func (s *Server) StaffDoor(listen string, config *tls.Config, proxy bool) (Door, error) {
	pages, err := web.New(web.Options{
		Book: s.Book, Reports: s.Book, Jobs: s.Jobs, Surveys: s.Surveys, Queues: s, Home: s.o.Home, Town: s.town, Users: users{s.Store}, Catalogue: s.o.Catalogue, Library: s.Library, Now: s.o.Now, Zone: s.o.Now().Location(),
		Secure: config != nil || proxy, Proxy: proxy, Log: s.o.Log,
	})
	if err != nil {
		return Door{}, err
	}
	return Door{"staff", listen, config, pages}, nil
}

// PublicDoor is the door for everybody. Without config it is plain HTTP: for this machine, or behind a proxy that does TLS.
func (s *Server) PublicDoor(listen string, config *tls.Config) Door {
	return Door{"public", listen, config, portal.New(portal.Options{Home: s.o.Home, Services: s.o.Catalogue.Services, Find: s.Library.Find})}
}

// users lets the staff's pages ask the store.
type users struct{ store *sqlite.Store }

func (u users) Check(ctx context.Context, login, password string) (web.User, error) {
	found, err := u.store.SignIn(ctx, login, password)
	if errors.Is(err, sqlite.ErrSignIn) {
		return web.User{}, web.ErrSignIn
	}
	return web.User{Login: found.Login, Name: found.Name, Since: found.Since, Publishes: found.Publishes}, err
}

func (u users) Find(ctx context.Context, login string) (web.User, bool, error) {
	found, ok, err := u.store.FindUser(ctx, login)
	return web.User{Login: found.Login, Name: found.Name, Since: found.Since, Publishes: found.Publishes}, ok, err
}

// Listen opens a door until Close. It returns when somebody can come; what goes wrong later is logged.
func (s *Server) Listen(d Door) error {
	line, err := net.Listen("tcp", d.Listen)
	if err != nil {
		return fmt.Errorf("server: open the %s address: %w", d.Name, err)
	}
	s.lines[d.Name] = line
	h := &http.Server{
		Handler: d.Handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	s.servers = append(s.servers, h)
	if d.TLS != nil {
		line = tls.NewListener(line, d.TLS)
	}
	s.done.Go(func() {
		if err := h.Serve(line); !errors.Is(err, http.ErrServerClosed) {
			s.o.Log.Error("an address is closed", "name", d.Name, "error", err)
		}
	})
	s.o.Log.Info("listening", "name", d.Name, "address", s.Address(d.Name))
	return nil
}

// Address is where the door of this name listens, host and port; empty when there is none.
func (s *Server) Address(name string) string {
	if l := s.lines[name]; l != nil {
		return l.Addr().String()
	}
	return ""
}
