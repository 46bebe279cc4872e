package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
)

type serviceCmd struct {
	Publish  servicePublishCmd  `cmd:"" help:"Publish a signed file ('technician service sign' makes one) or a folder. What is wrong with it is said, and nothing happens then."`
	List     serviceListCmd     `cmd:"" help:"List every service with its versions."`
	Return   serviceReturnCmd   `cmd:"" help:"Offer a version again that was published before."`
	Withdraw serviceWithdrawCmd `cmd:"" help:"Offer nothing published any more: what ships is offered again, if there is something."`
}

// library opens what was published.
func (s *session) library(do func(*services.Library) error) error {
	catalogue, err := service.LoadCatalogue(s.config.files(), s.config.Tenant)
	if err != nil {
		return err
	}
	return s.store(func(st *sqlite.Store) error {
		l, err := server.OpenLibrary(s.ctx, s.config.Data, st, catalogue, s.now)
		if err != nil {
			return err
		}
		return do(l)
	})
}

type servicePublishCmd struct {
	File string `arg:"" type:"path" help:"A signed file, or the service's folder."`
}

func (c servicePublishCmd) Run(s *session) error {
	return s.library(func(l *services.Library) error {
		f, err := c.check(s, l)
		if err != nil {
			return err
		}
		for _, d := range f.Changes {
			if err := s.printf("%-24s %s\n", d.Where, d.What); err != nil {
				return err
			}
		}
		if err := l.Publish(s.ctx, f, services.Keeper); err != nil {
			return err
		}
		return s.printf("%s %s is published. Devices get it with their next contact; a running server follows within ten seconds.\n", f.Service.ID, f.Service.Version)
	})
}

func (c servicePublishCmd) check(s *session, l *services.Library) (services.Folder, error) {
	info, err := os.Stat(c.File)
	if err != nil {
		return services.Folder{}, err
	}
	if info.IsDir() {
		files, err := bundle.Pack(os.DirFS(c.File))
		if err != nil {
			return services.Folder{}, err
		}
		return l.CheckFolder(s.ctx, files)
	}
	if info.Size() > bundle.MaxTotal {
		return services.Folder{}, fmt.Errorf("%s is larger than a service is", c.File)
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return services.Folder{}, err
	}
	f, err := l.Check(s.ctx, data)
	if errors.Is(err, services.ErrSigner) {
		return f, fmt.Errorf("%w: 'townhall publisher add' makes somebody one", err)
	}
	return f, err
}

type serviceListCmd struct{}

func (serviceListCmd) Run(s *session) error {
	return s.library(func(l *services.Library) error {
		all, _, err := l.List(s.ctx)
		if err != nil {
			return err
		}
		for _, e := range all {
			state := "ships"
			switch {
			case e.Published():
				state = "published since " + e.Since.Format("02.01.2006 15:04")
			case e.Offered == "":
				state = "not offered"
			}
			var had []string
			for _, v := range e.Versions {
				had = append(had, v.Version)
			}
			if err := s.printf("%-28s %-8s %-34s %s\n", e.ID, dash(e.Offered), state, strings.Join(had, ", ")); err != nil {
				return err
			}
		}
		return nil
	})
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

type serviceReturnCmd struct {
	Service string `arg:""`
	Version string `arg:""`
}

func (c serviceReturnCmd) Run(s *session) error {
	return s.library(func(l *services.Library) error {
		if err := l.Return(s.ctx, c.Service, c.Version, services.Keeper); err != nil {
			return err
		}
		return s.printf("%s %s is offered again.\n", c.Service, c.Version)
	})
}

type serviceWithdrawCmd struct {
	Service string `arg:""`
}

func (c serviceWithdrawCmd) Run(s *session) error {
	return s.library(func(l *services.Library) error {
		if err := l.Withdraw(s.ctx, c.Service, services.Keeper); err != nil {
			return err
		}
		return s.printf("%s is withdrawn. Applications that are on their way are still checked with its versions.\n", c.Service)
	})
}

type publisherCmd struct {
	Add    publisherAddCmd    `cmd:"" help:"Let what is signed with a key be published: the line that 'technician service key' printed, in a file."`
	List   publisherListCmd   `cmd:"" help:"List whose signature counts."`
	Remove publisherRemoveCmd `cmd:"" help:"Let nothing more be published by somebody's signature. What was published stays."`
}

type publisherAddCmd struct {
	Name string `arg:"" help:"Name as the staff read it."`
	Key  string `arg:"" type:"existingfile" help:"File with the public key as JWK."`
}

func (c publisherAddCmd) Run(s *session) error {
	if strings.TrimSpace(c.Name) == "" || len(c.Name) > 100 {
		return errors.New("a publisher needs a name of at most 100 bytes")
	}
	raw, err := os.ReadFile(c.Key)
	if err != nil {
		return err
	}
	var k proof.PublicKey
	if err := json.Unmarshal(raw, &k); err != nil {
		return fmt.Errorf("%s holds no public key: it has to be the line that 'technician service key' printed", c.Key) // it could be the secret one
	}
	return s.store(func(st *sqlite.Store) error {
		if err := st.AddPublisher(s.ctx, services.Publisher{Name: c.Name, Key: k, Added: s.now()}); err != nil {
			return err
		}
		return s.printf("What %s signs with %s may be published.\n", c.Name, k.ID())
	})
}

type publisherListCmd struct{}

func (publisherListCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		all, err := st.Publishers(s.ctx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if err := s.printf("%s  %s  %s\n", p.Key.ID(), p.Added.Format("02.01.2006"), p.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

type publisherRemoveCmd struct {
	Name string `arg:""`
}

func (c publisherRemoveCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		if err := st.RemovePublisher(s.ctx, c.Name); err != nil {
			return err
		}
		return s.printf("%s publishes nothing more here.\n", c.Name)
	})
}

type userPublishCmd struct {
	Login string `arg:""`
	Not   bool   `help:"Not any more."`
}

func (c userPublishCmd) Run(s *session) error {
	return s.store(func(st *sqlite.Store) error {
		err := st.LetPublish(s.ctx, c.Login, !c.Not)
		if errors.Is(err, sqlite.ErrUser) {
			return fmt.Errorf("there is no user %s", c.Login)
		}
		if err != nil {
			return err
		}
		if c.Not {
			return s.printf("%s does not decide any more which services are offered.\n", c.Login)
		}
		return s.printf("%s may decide which services are offered.\n", c.Login)
	})
}
