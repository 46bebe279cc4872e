package services

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

//go:embed skeleton
var skeletons embed.FS

// skeleton is a small service that can be applied for, to begin with.
func (l *Library) skeleton(id, title string) (*bundle.Folder, error) {
	from, err := fs.Sub(skeletons, "skeleton")
	if err != nil {
		return nil, fmt.Errorf("services: skeleton: %w", err)
	}
	files, err := bundle.Pack(from)
	if err != nil {
		return nil, err
	}
	t := l.o.Catalogue.Tenant()
	fill := strings.NewReplacer("TITLE", quoted(title), "TENANT", t.ID, "SITUATION", l.situation(), "OFFICE", l.office(), "id: ID", "id: "+id)
	for _, name := range files.Names() {
		data, _ := files.File(name)
		if files, err = files.With(name, []byte(fill.Replace(string(data)))); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// situation is the life situation that a new service stands in until somebody chooses another one.
func (l *Library) situation() string {
	for _, s := range l.o.Catalogue.Situations(text.German) {
		return s.ID
	}
	return ""
}

// office is the office of a new service until somebody chooses another one.
func (l *Library) office() string {
	for _, o := range l.o.Catalogue.Tenant().Offices(text.German, l.o.Now()) {
		return o.ID
	}
	return ""
}

// copied is the service that is offered under another id, with another title in German, as the first version.
func (l *Library) copied(ctx context.Context, from, id, title string) (*bundle.Folder, error) {
	files, _, err := l.offeredFolder(ctx, from)
	if err != nil {
		return nil, err
	}
	for _, line := range [][2]string{{"id", id}, {"version", `"1"`}} {
		if files, err = rewrite(files, "service.yaml", line[0], line[1]); err != nil {
			return nil, err
		}
	}
	return reword(files, map[string]map[string]string{text.German: {"title": title}})
}

// rewrite puts another value into a line of a YAML file that begins with the key; what is written behind it stays. ErrText when there is no such line.
func rewrite(f *bundle.Folder, file, key, value string) (*bundle.Folder, error) {
	data, ok := f.File(file)
	line := regexp.MustCompile(`(?m)^(` + regexp.QuoteMeta(key) + `:[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^#\n]*?)([ \t]*(?:[ \t]#.*)?)$`)
	at := line.FindSubmatchIndex(data)
	if !ok || at == nil {
		return nil, fmt.Errorf("%w: %s has no line that begins with %s", ErrText, file, key)
	}
	head := string(data[at[2]:at[3]])
	if strings.HasSuffix(head, ":") {
		head += " "
	}
	return f.With(file, []byte(string(data[:at[0]])+head+value+string(data[at[6]:])))
}

// quoted writes a text so that YAML and JSON read it as one.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a string can always be written
		return `""`
	}
	return string(b)
}
