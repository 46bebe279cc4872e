package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
)

// start starts the server as the configuration wants it. It returns when somebody can come.
func start(ctx context.Context, c Config, now func() time.Time, log *slog.Logger) (*server.Server, error) {
	data := c.files()
	if _, err := fs.Stat(data, "tenants"); err != nil {
		return nil, c.file.Errorf("assets", "is no folder with tenants, services and fonts: %w", err)
	}
	if _, err := fs.Stat(data, path.Join("tenants", c.Tenant)); err != nil {
		return nil, c.file.Errorf("tenant", "there is no such tenant: %w", err)
	}
	catalogue, err := service.LoadCatalogue(data, c.Tenant)
	if err != nil {
		return nil, err
	}
	s, err := server.Open(ctx, server.Options{
		Dir: c.Data, Tenant: c.Tenant, Catalogue: catalogue, Now: now, Fonts: data,
		Term: time.Duration(c.Days) * 24 * time.Hour, Home: c.Public.Home, Demo: c.Demo, Log: log,
	})
	if err != nil {
		return nil, err
	}
	if err := open(s, c, log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Begin()
	return s, nil
}

// files is where services, tenants and fonts come from.
func (c Config) files() fs.FS {
	if c.Assets != "" {
		return os.DirFS(c.Assets)
	}
	return assets.FS
}

// open opens the doors.
func open(s *server.Server, c Config, log *slog.Logger) error {
	devices, err := s.DeviceDoor(c.Device.Listen, c.Device.Names)
	if err != nil {
		return err
	}
	config, err := c.tls("staff", c.Staff)
	if err != nil {
		return err
	}
	staff, err := s.StaffDoor(c.Staff.Listen, config, c.Staff.Proxy)
	if err != nil {
		return err
	}
	if config, err = c.tls("public", c.Public.WebConfig); err != nil {
		return err
	}
	for _, d := range []struct {
		key string
		server.Door
	}{{"device", devices}, {"staff", staff}, {"public", s.PublicDoor(c.Public.Listen, config)}, {"ops", server.Door{Name: "ops", Listen: c.Ops.Listen, Handler: ops(s, log)}}} {
		if err := s.Listen(d.Door); err != nil {
			return c.file.Errorf(d.key+".listen", "%w", err)
		}
	}
	return nil
}
