package services

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

//go:embed skeleton
var skeletons embed.FS

// skeleton is a small service that can be applied for, to begin with.
func (l *Library) skeleton(b Beginning) (*bundle.Folder, error) {
	t := l.o.Catalogue.Tenant()
	var wrong error
	if !slices.ContainsFunc(l.o.Catalogue.Situations(text.German), func(s service.Situation) bool { return s.ID == b.Situation }) {
		wrong = ErrSituation
	}
	if !slices.ContainsFunc(t.Offices(text.German, l.o.Now()), func(o service.Office) bool { return o.ID == b.Office }) {
		wrong = errors.Join(wrong, ErrOffice)
	}
	if wrong != nil {
		return nil, wrong
	}
	from, err := fs.Sub(skeletons, "skeleton")
	if err != nil {
		return nil, fmt.Errorf("services: skeleton: %w", err)
	}
	files, err := bundle.Pack(from)
	if err != nil {
		return nil, err
	}
	fill := strings.NewReplacer("TITLE", quoted(strings.TrimSpace(b.Title)), "TENANT", t.ID, "SITUATION", b.Situation, "OFFICE", b.Office, "id: ID", "id: "+b.ID)
	for _, name := range files.Names() {
		data, _ := files.File(name)
		if files, err = files.With(name, []byte(fill.Replace(string(data)))); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// lead is the sentence that says what a service is for, and stillBegins what is wrong with one that nobody has written anew.
const (
	lead        = "lead"
	stillBegins = "still says what a new service begins with"
)

// begun names the sentences with which a new service begins and that nobody has written anew yet: what it is for.
func (l *Library) begun(files *bundle.Folder) (list []Mistake) {
	for _, lang := range Languages(files) {
		first, err := fs.ReadFile(skeletons, "skeleton/"+textFile(lang))
		if err != nil { // a language that a new service does not have
			continue
		}
		now, _ := files.File(textFile(lang))
		says := sentence(first, lead)
		if says == "" || sentence(now, lead) != says {
			continue
		}
		line := 1 + bytes.Count(now[:max(0, bytes.Index(now, []byte(says)))], []byte("\n"))
		list = append(list, Mistake{File: textFile(lang), Line: line, Wrong: stillBegins})
	}
	return list
}

// sentence is what a file of sentences says; "" where it says nothing.
func sentence(data []byte, key string) string {
	list, err := text.Sentences(data)
	if i := slices.IndexFunc(list, func(s text.Sentence) bool { return s.Key == key }); err == nil && i >= 0 {
		return list[i].Text
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
