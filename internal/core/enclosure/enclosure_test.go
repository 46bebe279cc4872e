package enclosure_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
)

const plan = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type /Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n4 0 obj<</Type /Page /Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func TestADocumentIsKnownByItsBytes(t *testing.T) {
	for _, c := range []struct {
		what, data string
		max, pages int
		err        error
	}{
		{"a plan", plan, 5000, 2, nil},
		{"pages in compressed objects", "%PDF-1.7\nstream...\n%%EOF", 5000, 0, nil},
		{"behind the end some signs", plan + strings.Repeat(" ", 900), 5000, 2, nil},
		{"nothing", "", 5000, 0, enclosure.ErrEmpty},
		{"a letter of another program", "PK\x03\x04 word/document.xml %%EOF", 5000, 0, enclosure.ErrFormat},
		{"a page of the web", "<html>%PDF-1.4 %%EOF", 5000, 0, enclosure.ErrFormat},
		{"half of a plan", plan[:200], 5000, 0, enclosure.ErrDamaged},
		{"the end is far from the end", plan + strings.Repeat("x", 4000), 50000, 0, enclosure.ErrDamaged},
		{"with a password", strings.Replace(plan, "trailer<<", "trailer<</Encrypt 9 0 R", 1), 5000, 0, enclosure.ErrEncrypted},
		{"with a password in place", strings.Replace(plan, "trailer<<", "trailer<</Encrypt<</Filter/Standard>>", 1), 5000, 0, enclosure.ErrEncrypted},
		{"a plan that speaks of it", strings.Replace(plan, "%%EOF", "% (/EncryptMetadata)\n%%EOF", 1), 5000, 2, nil},
		{"larger than the field takes", plan, 50, 0, enclosure.ErrLarge},
	} {
		n, err := enclosure.Pages([]byte(c.data), c.max)
		if n != c.pages || !errors.Is(err, c.err) {
			t.Errorf("%s: %d pages, %v", c.what, n, err)
		}
	}
}

func TestPicturesAreKnownToo(t *testing.T) {
	for data, want := range map[string]enclosure.Sort{
		"\xff\xd8\xff\xe0": enclosure.Picture, "\x89PNG\r\n\x1a\n": enclosure.Picture, "RIFF\x00\x00\x00\x00WEBP": enclosure.Picture, "\x00\x00\x00\x20ftypheic": enclosure.Picture,
		plan: enclosure.Document, "MZ\x90": enclosure.Unknown, "": enclosure.Unknown, "%PD": enclosure.Unknown,
	} {
		if got := enclosure.SortOf([]byte(data)); got != want {
			t.Errorf("%.10q is %d", data, got)
		}
	}
}

func TestANameIsOnlyAName(t *testing.T) {
	for in, want := range map[string]string{
		"Lageplan Klosterstraße 14.pdf":     "Lageplan Klosterstraße 14.pdf",
		"../../etc/passwd":                  "passwd",
		`C:\Pläne\Schnitt A-A (neu).pdf`:    "Schnitt A-A (neu).pdf",
		"a\r\nSet-Cookie: x\"<b>;.pdf":      "a Set-Cookie xb.pdf",
		"\u202efdp.exe":                     "fdp.exe",
		"...":                               "",
		"":                                  "",
		"\xff\xfe.pdf":                      "pdf",
		strings.Repeat("ü", 300):            strings.Repeat("ü", enclosure.MaxName),
		"Grundriss\u00a0EG\tund   OG . pdf": "Grundriss EG und OG . pdf",
	} {
		if got := enclosure.Name(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("Plan.pdf")
	f.Add("a/b\\c\x00\"")
	f.Fuzz(func(t *testing.T, in string) {
		got := enclosure.Name(in)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\"\r\n;<>\x00") || utf8.RuneCountInString(got) > enclosure.MaxName || enclosure.Name(got) != got {
			t.Fatalf("%q became %q", in, got)
		}
	})
}
