package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
)

func fonts(t testing.TB) pdf.Fonts {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("../../../../assets/fonts", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return pdf.Fonts{Regular: read("AtkinsonHyperlegibleNext-Regular.ttf"), Bold: read("AtkinsonHyperlegibleNext-Bold.ttf")}
}

var attestation = "eyJhbGciOiJFZERTQSIsInR5cCI6InBlcm1pdCJ9." + strings.Repeat("a7Bz", 50)

func permit() document.Document {
	return document.Document{Title: "Bewohnerparkausweis", Lang: "de", Blocks: []document.Block{
		{Kind: document.Paragraph, Center: true, Text: "Stadt Bad Oeynhausen"},
		{Kind: document.Heading, Level: 2, Center: true, Text: "Bewohnerparkausweis"},
		{Kind: document.Rule},
		{Kind: document.Heading, Level: 1, Center: true, Text: "Zone 3 · Südstadt"},
		{Kind: document.Heading, Level: 1, Center: true, Text: "MI-ÄÖ 417E"},
		{Kind: document.Space},
		{Kind: document.Row, Label: "Gültig ab", Text: "24. November 2026", Bold: true},
		{Kind: document.Row, Label: "Gültig bis", Text: "23. September 2027", Bold: true},
		{Kind: document.Row, Label: "Gebühr", Text: "30,70 €"},
		{Kind: document.Row, Label: "Nummer", Text: "BO-26-4T7K-2M9-X"},
		{Kind: document.Rule},
		{Kind: document.QR, Center: true, Data: attestation, Text: "Zum Prüfen scannen. Der Ausweis nennt keinen Namen."},
		{Kind: document.Paragraph, Center: true, Text: "Bitte legen Sie diese Seite gut lesbar hinter die Windschutzscheibe."},
	}}
}

func TestAPermitIsSearchableGermanText(t *testing.T) {
	file, err := pdf.Render(permit(), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	name := write(t, file)
	said := run(t, "pdftotext", "-layout", name, "-")
	for _, want := range []string{"Bewohnerparkausweis", "MI-ÄÖ 417E", "Südstadt", "30,70", "€", "BO-26-4T7K-2M9-X", "Prüfen"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in the text:\n%s", want, said)
		}
	}
	info := run(t, "pdfinfo", name)
	for _, want := range []string{"Title:           Bewohnerparkausweis", "A4", "Pages:           1"} {
		if !strings.Contains(info, want) {
			t.Errorf("%q is not in:\n%s", want, info)
		}
	}
	if !bytes.Contains(file, []byte("/Lang (de)")) {
		t.Error("the file does not name its language")
	}
	lines := strings.Split(strings.TrimSpace(run(t, "pdffonts", name)), "\n")
	for _, line := range lines[2:] {
		if fields := strings.Fields(line); fields[len(fields)-5] != "yes" {
			t.Errorf("a font is not embedded: %s", line)
		}
	}
}

func TestAWardenReadsThePermitsCode(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	file, err := pdf.Render(permit(), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	name := write(t, file)
	run(t, "pdftoppm", "-r", "110", "-png", name, strings.TrimSuffix(name, ".pdf"))
	got := run(t, "zbarimg", "-q", "--raw", strings.TrimSuffix(name, ".pdf")+"-1.png")
	if strings.TrimSpace(got) != attestation {
		t.Errorf("read %q", got)
	}
}

func TestEqualDocumentsGiveEqualBytes(t *testing.T) {
	first, err := pdf.Render(permit(), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := pdf.Render(permit(), fonts(t))
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("the second file differs (%v)", err)
		}
	}
}

func TestACutBeginsANewPageAndNothingIsLostOnLongOnes(t *testing.T) {
	d := document.Document{Title: strings.Repeat("Sehr langer Titel ", 20), Lang: "de"}
	var want []string
	for i := range 150 {
		word := fmt.Sprintf("Wort%03d", i)
		want = append(want, word)
		d.Blocks = append(d.Blocks, document.Block{Kind: document.Row, Label: "Angabe", Text: word})
	}
	d.Blocks = append(d.Blocks,
		document.Block{Kind: document.Cut},
		document.Block{Kind: document.Heading, Level: 1, Center: true, Text: "Donaudampfschifffahrtsgesellschaftskapitänsmütze"},
		document.Block{Kind: document.Paragraph, Text: strings.Repeat("x", 500) + " Ende1"},
		document.Block{Kind: document.Row, Label: "Riesig", Text: strings.Repeat("viel Text ", 1500) + "Ende2"},
		document.Block{Kind: document.Mono, Lines: []string{"** Kundenbeleg **", strings.Repeat("=", 200) + "Ende3"}},
	)
	want = append(want, "Ende1", "Ende2", "Ende3")
	file, err := pdf.Render(d, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	name := write(t, file)
	// A box around every word: whoever leaves the paper is seen here.
	boxes := run(t, "pdftotext", "-bbox", name, "-")
	for _, w := range want {
		if !strings.Contains(boxes, w) {
			t.Fatalf("%s is not in the file", w)
		}
	}
	for _, line := range strings.Split(boxes, "\n") {
		var x1, y1, x2, y2 float64
		if n, _ := fmt.Sscanf(strings.TrimSpace(line), `<word xMin="%f" yMin="%f" xMax="%f" yMax="%f">`, &x1, &y1, &x2, &y2); n == 4 {
			if x1 < 56 || y1 < 28 || x2 > 541 || y2 > 820 {
				t.Errorf("outside of the margins: %s", line)
			}
		}
	}
}

func TestLettersThatTheFontLacksStayReadable(t *testing.T) {
	d := document.Document{Title: "Ж", Lang: "de", Blocks: []document.Block{
		{Kind: document.Paragraph, Text: "Nguyễn Łódź İzmir 👍 Ⅷ →"}}}
	file, err := pdf.Render(d, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	said := run(t, "pdftotext", write(t, file), "-")
	for _, want := range []string{"Nguy", "Łódź", "İzmir", "VIII"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
}

func TestWithoutFontsThereIsAnError(t *testing.T) {
	if _, err := pdf.Render(permit(), pdf.Fonts{}); !errors.Is(err, pdf.ErrFonts) {
		t.Errorf("got %v", err)
	}
}

func write(t testing.TB, file []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.pdf")
	if keep := os.Getenv("KEEP_PDF"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, strings.ReplaceAll(t.Name(), "/", "-")+".pdf"), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not installed")
	}
	var out, complaints bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, complaints.String())
	}
	return out.String()
}
