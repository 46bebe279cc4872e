package services

import (
	"cmp"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Mistake is a place in a draft's folder, and what is wrong there.
type Mistake struct {
	File   string // "" when it is about the folder
	Line   int    // from 1; 0: not known
	Wrong  string // a sentence
	Detail string // more about it, in lines; may be empty
}

// unsaid is how messages name a sentence that German has to say.
var unsaid = regexp.MustCompile(`^does not say ([A-Za-z0-9._-]+), which`)

// Unsaid is the key of the sentence that is missing in German, if that is what is wrong; else "".
func (m Mistake) Unsaid() string {
	if found := unsaid.FindStringSubmatch(m.Wrong); found != nil {
		return found[1]
	}
	return ""
}

var (
	// placed is how messages name a place: "parken/form.yaml:66: fee: …", "parken/form.yaml: [58:1] …".
	placed = regexp.MustCompile(`^(?:.*?[\s:])?[a-z0-9@.-]*/((?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]+\.(?:yaml|json))(?::(\d+))?(?::\s*|\s+)(?:\[(\d+):\d+\]\s*)?(.*)$`)
	// spoken is how they name one in a text: "parken/texts: text: load: de.yaml: [2:1] …".
	spoken = regexp.MustCompile(`^(?:.*?[\s:])?[a-z0-9@.-]*/texts: (?:text: load: )?([A-Za-z0-9_.-]+\.yaml):\s*(?:\[(\d+):\d+\]\s*)?(.*)$`)
	// excerpt is a line of a file below a message; the page shows the file itself.
	excerpt = regexp.MustCompile(`^(?:>?\s*\d+ \|.*|\^)$`)
)

// mistakes finds the places that the check's messages name. A message of several lines is one mistake.
func mistakes(flaws []service.Flaw, files *bundle.Folder) (list []Mistake) {
	for _, f := range flaws {
		m, ok := mistakeOf(f, files)
		switch {
		case ok || len(list) == 0 || f.Where != "":
			list = append(list, m)
		case !excerpt.MatchString(f.Wrong):
			last := &list[len(list)-1]
			last.Detail = strings.TrimPrefix(last.Detail+"\n"+f.Wrong, "\n")
		}
	}
	return list
}

// mistakeOf reads one message; false when it names no place.
func mistakeOf(f service.Flaw, files *bundle.Folder) (Mistake, bool) {
	if f.Where != "" {
		if _, is := files.File(f.Where); !is {
			return Mistake{Wrong: f.Where + ": " + f.Wrong}, true
		}
		return Mistake{File: f.Where, Wrong: f.Wrong}, true
	}
	if m := spoken.FindStringSubmatch(f.Wrong); m != nil {
		return at("texts/"+m[1], m[2], m[3], files), true
	}
	if m := placed.FindStringSubmatch(f.Wrong); m != nil {
		return at(m[1], cmp.Or(m[2], m[3]), m[4], files), true
	}
	return Mistake{Wrong: f.Wrong}, false
}

func at(file, line, wrong string, files *bundle.Folder) Mistake {
	if _, is := files.File(file); !is {
		return Mistake{Wrong: file + ": " + wrong}
	}
	n, _ := strconv.Atoi(line) // what is no number is no line
	return Mistake{File: file, Line: n, Wrong: wrong}
}

// looks remembers what was found in the folders that were looked at last: a page is drawn more often than a draft is changed.
type looks struct {
	mu   sync.Mutex
	last []look // the oldest first
}

type look struct {
	digest string
	found  func() (*service.Service, []service.Flaw)
}

// maxLooks is how many folders are remembered.
const maxLooks = 8

// inspect is service.Inspect for a folder of this digest.
func (l *looks) inspect(digest string) func(fs.FS, *service.Tenant) (*service.Service, []service.Flaw) {
	return func(folder fs.FS, t *service.Tenant) (*service.Service, []service.Flaw) {
		l.mu.Lock()
		for _, x := range l.last {
			if x.digest == digest {
				l.mu.Unlock()
				return x.found()
			}
		}
		var s *service.Service
		var flaws []service.Flaw
		once := sync.OnceFunc(func() { s, flaws = service.Inspect(folder, t) })
		x := look{digest, func() (*service.Service, []service.Flaw) { once(); return s, flaws }}
		l.last = append(l.last, x)
		l.last = l.last[max(0, len(l.last)-maxLooks):]
		l.mu.Unlock()
		return x.found()
	}
}
