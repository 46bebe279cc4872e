package look

import (
	"testing"

	"golang.org/x/image/font/sfnt"
)

func TestEveryLetterThatWeCallOursIsInBothFonts(t *testing.T) {
	for _, file := range []fontFile{regularFont, boldFont} {
		font, err := sfnt.Parse(file.Content())
		if err != nil {
			t.Fatal(err)
		}
		var b sfnt.Buffer
		for r := rune(' '); r < 0x2200; r++ {
			if i, err := font.GlyphIndex(&b, r); ours(r) && (err != nil || i == 0) {
				t.Errorf("%s: %q would be an empty box", file, r)
			}
		}
	}
}

func TestLettersThatOurFontDoesNotHaveComeFromAnother(t *testing.T) {
	if fontOf("Straße", false) != regularFont || fontOf("Łódź, 30,70 €", true) != boldFont {
		t.Error("a name is not set in our font")
	}
	if fontOf("Олена", false) != nil {
		t.Error("a Ukrainian name is set in a font without its letters")
	}
}
