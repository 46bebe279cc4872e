package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// partServices stands in a self test for what the town hall published.
const partServices visit.Part = "services"

// refusedServices finds the services that the town hall published and that this terminal does not offer. A terminal that never ran has none.
func (c selftestCmd) refusedServices(ctx context.Context, data string) (found []finding, err error) {
	file := filepath.Join(data, outpost.File)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s, err := store.Open(file, store.Options{Reserve: -1, MinFree: -1})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	list, err := s.Faults(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Kind != wire.FaultRefused {
			continue
		}
		name := f.Service + " " + f.Version
		found = append(found, finding{
			Part: partServices, Address: name, Present: true, Fault: f.Reason,
			Status: fmt.Sprintf(sentence{"%s ist veröffentlicht und wird hier nicht angeboten", "%s is published and not offered here"}.in(c.Lang), name),
			Do: sentence{"Aktualisieren Sie das Programm. Hilft das nicht, sagen Sie dem Rathaus, was in der Meldung steht.",
				"Update the program. If that does not help, tell the town hall what the fault says."}.in(c.Lang),
		})
	}
	return found, nil
}
