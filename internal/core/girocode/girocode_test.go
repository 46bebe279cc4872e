package girocode_test

import (
	"errors"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
)

// Published codes. Each is given as its lines; the bytes are counted where the source counts them.
var published = []struct {
	source  string
	bytes   int
	payload []byte
	want    girocode.Transfer
}{
	{"EPC069-12, example V1 (version 2.1 page 5; version 3.1 section 2.3: 96 bytes of UTF-8)", 96,
		[]byte("BCD\n001\n1\nSCT\nBHBLDEHHXXX\nFranz Musterm\xc3\xa4nn\nDE71110220330123456789\nEUR12.3\nGDDS\nRF18539007547034"),
		girocode.Transfer{Version: 1, Charset: girocode.UTF8, BIC: "BHBLDEHHXXX", Name: "Franz Mustermänn", IBAN: "DE71110220330123456789", Amount: 1230,
			Purpose: "GDDS", Reference: "RF18539007547034"}},
	{"EPC069-12, example V2 (version 3.1 section 2.3: 103 bytes of ISO 8859-1)", 103,
		[]byte("BCD\n002\n2\nSCT\n\nFran\xe7ois D'Alsace S.A.\nFR1420041010050500013M02606\nEUR12.3\n\n\nClient:Marie Louise La Lune"),
		girocode.Transfer{Version: 2, Charset: girocode.ISO8859_1, Name: "François D'Alsace S.A.", IBAN: "FR1420041010050500013M02606", Amount: 1230,
			Text: "Client:Marie Louise La Lune"}},
	{"Wikipedia (English), EPC QR code", 0,
		[]byte("BCD\n001\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1\nCHAR\n\nUrgency fund\nSample EPC QR code"),
		girocode.Transfer{Version: 1, Charset: girocode.UTF8, BIC: "BPOTBEB1", Name: "Red Cross of Belgium", IBAN: "BE72000000001616", Amount: 100,
			Purpose: "CHAR", Text: "Urgency fund", Note: "Sample EPC QR code"}},
	{"Wikipedia (German), EPC-QR-Code", 0,
		[]byte("BCD\n002\n2\nSCT\nBFSWDE33BER\nWikimedia Foerdergesellschaft\nDE33100205000001194700\nEUR123.45\nCHAR\n\nSpende fuer Wikipedia"),
		girocode.Transfer{Version: 2, Charset: girocode.ISO8859_1, BIC: "BFSWDE33BER", Name: "Wikimedia Foerdergesellschaft", IBAN: "DE33100205000001194700",
			Amount: 12345, Purpose: "CHAR", Text: "Spende fuer Wikipedia"}},
}

func TestPublishedCodesAreReadAsTheirSourceSays(t *testing.T) {
	for _, c := range published {
		if c.bytes != 0 && len(c.payload) != c.bytes {
			t.Errorf("%s: the vector has %d bytes, the source counts %d", c.source, len(c.payload), c.bytes)
		}
		got, err := girocode.Decode(c.payload)
		if err != nil || got != c.want {
			t.Errorf("%s: read %+v, %v", c.source, got, err)
		}
		b, err := girocode.Encode(got)
		if err != nil {
			t.Fatalf("%s: %v", c.source, err)
		}
		if again, err := girocode.Decode(b); err != nil || again != got {
			t.Errorf("%s: written and read again it is %+v, %v", c.source, again, err)
		}
	}
}

func parking() girocode.Transfer {
	return girocode.Transfer{Name: "Stadt Bad Oeynhausen", IBAN: "DE02120300000000202051", Amount: 3070, Text: "Bewohnerparkausweis BO-7K2M-4"}
}

func TestAFeeIsWrittenAsABankingAppReadsIt(t *testing.T) {
	got, err := girocode.Encode(parking())
	want := "BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70\n\n\nBewohnerparkausweis BO-7K2M-4"
	if err != nil || string(got) != want {
		t.Errorf("wrote %q, %v", got, err)
	}
	short := parking()
	short.Text, short.Amount = "", 0
	if got, err := girocode.Encode(short); err != nil || !strings.HasSuffix(string(got), "\nDE02120300000000202051") {
		t.Errorf("nothing may follow the last element that is used: %q, %v", got, err)
	}
}

func TestLinesMayEndWithCRLF(t *testing.T) {
	b, err := girocode.Encode(parking())
	if err != nil {
		t.Fatal(err)
	}
	got, err := girocode.Decode([]byte(strings.ReplaceAll(string(b), "\n", "\r\n")))
	want := parking()
	want.Version, want.Charset = 2, girocode.UTF8
	if err != nil || got != want {
		t.Errorf("read %+v, %v", got, err)
	}
}

// refused holds a mistake, the rule that it breaks, and the line that is named.
type refused struct {
	rule girocode.Rule
	line int
}

func TestEveryRuleIsHeldWhenReading(t *testing.T) {
	const good = "BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70\nGDDS\n\nText\nNote"
	if _, err := girocode.Decode([]byte(good)); err != nil {
		t.Fatal(err)
	}
	with := func(line int, s string) string {
		lines := strings.Split(good, "\n")
		lines[line-1] = s
		return strings.Join(lines, "\n")
	}
	reference := func(s string) string {
		return strings.Replace(with(10, s), "\nText", "\n", 1)
	}
	for payload, want := range map[string]refused{
		"":                                            {girocode.RuleTag, 1},
		"BCD":                                         {girocode.RuleShort, 0},
		"\ufeff" + good:                               {girocode.RuleTag, 1},
		with(1, "SPC"):                                {girocode.RuleTag, 1},
		with(1, "bcd"):                                {girocode.RuleTag, 1},
		with(2, "003"):                                {girocode.RuleVersion, 2},
		with(2, "2"):                                  {girocode.RuleVersion, 2},
		with(3, "0"):                                  {girocode.RuleCharset, 3},
		with(3, "9"):                                  {girocode.RuleCharset, 3},
		with(3, "01"):                                 {girocode.RuleCharset, 3},
		with(3, ""):                                   {girocode.RuleCharset, 3},
		with(4, "INST"):                               {girocode.RuleKind, 4},
		with(4, "SCT "):                               {girocode.RuleKind, 4},
		with(2, "001"):                                {girocode.RuleBICMissing, 5},
		with(5, "BHBLDEHHX"):                          {girocode.RuleBIC, 5},
		with(5, "BHBL11HH"):                           {girocode.RuleBIC, 5},
		with(5, "bhbldehh"):                           {girocode.RuleBIC, 5},
		with(5, "BHBLDEHHXXXX"):                       {girocode.RuleBIC, 5},
		with(6, ""):                                   {girocode.RuleName, 6},
		with(6, "   "):                                {girocode.RuleBlank, 6},
		with(6, strings.Repeat("ü", 71)):              {girocode.RuleName, 6},
		with(6, "a\tb"):                               {girocode.RuleLetters, 6},
		with(6, "a\u0085b"):                           {girocode.RuleLetters, 6},
		with(6, "a\xffb"):                             {girocode.RuleLetters, 6},
		with(6, "a\ufffdb"):                           {girocode.RuleLetters, 6},
		with(7, ""):                                   {girocode.RuleIBAN, 7},
		with(7, "DE02 1203 0000 0000 2020 51"):        {girocode.RuleIBAN, 7},
		with(7, "de02120300000000202051"):             {girocode.RuleIBAN, 7},
		with(7, "DEX2120300000000202051"):             {girocode.RuleIBAN, 7},
		with(7, "DE0212030000000020205"):              {girocode.RuleIBANLength, 7},
		with(7, "DE02120300000000202052"):             {girocode.RuleIBANCheck, 7},
		with(7, "DE02120300000000220051"):             {girocode.RuleIBANCheck, 7},
		with(7, "DE"+strings.Repeat("0", 33)):         {girocode.RuleIBAN, 7},
		with(8, "30.70"):                              {girocode.RuleAmount, 8},
		with(8, "USD30.70"):                           {girocode.RuleAmount, 8},
		with(8, "EUR"):                                {girocode.RuleAmount, 8},
		with(8, "EUR30,70"):                           {girocode.RuleAmount, 8},
		with(8, "EUR0.00"):                            {girocode.RuleAmount, 8},
		with(8, "EUR0"):                               {girocode.RuleAmount, 8},
		with(8, "EUR-1.00"):                           {girocode.RuleAmount, 8},
		with(8, "EUR+1.00"):                           {girocode.RuleAmount, 8},
		with(8, "EUR1.001"):                           {girocode.RuleAmount, 8},
		with(8, "EUR1."):                              {girocode.RuleAmount, 8},
		with(8, "EUR.50"):                             {girocode.RuleAmount, 8},
		with(8, "EUR01.00"):                           {girocode.RuleAmount, 8},
		with(8, "EUR1000000000.00"):                   {girocode.RuleAmount, 8},
		with(8, "EUR١"):                               {girocode.RuleAmount, 8},
		with(9, "GDDSX"):                              {girocode.RulePurpose, 9},
		with(9, "gdds"):                               {girocode.RulePurpose, 9},
		with(9, "ÄÖÜ"):                                {girocode.RulePurpose, 9},
		with(10, "RF18539007547034"):                  {girocode.RuleEither, 11},
		reference("RF19539007547034"):                 {girocode.RuleReferenceCheck, 10},
		reference("RF18 5390 0754 7034"):              {girocode.RuleReference, 10},
		reference("rf18539007547034"):                 {girocode.RuleReference, 10},
		reference("RF18"):                             {girocode.RuleReference, 10},
		reference("RF00539007547034"):                 {girocode.RuleReferenceCheck, 10},
		reference("RF18" + strings.Repeat("1", 22)):   {girocode.RuleReference, 10},
		reference(strings.Repeat("7", 36)):            {girocode.RuleReferenceLength, 10},
		with(11, strings.Repeat("s", 141)):            {girocode.RuleText, 11},
		with(12, strings.Repeat("x", 71)):             {girocode.RuleNote, 12},
		with(12, ""):                                  {girocode.RuleEnd, 12},
		with(12, "\n"):                                {girocode.RuleLong, 0},
		good + "\nmore":                               {girocode.RuleLong, 0},
		good + "\r":                                   {girocode.RuleLineEnd, 12},
		strings.Replace(good, "\n", "\r\n", 1):        {girocode.RuleLineEnd, 2},
		strings.ReplaceAll(good, "\n", "\r\n") + "\r": {girocode.RuleLineEnd, 12},
		strings.ReplaceAll(good, "\n", "\r"):          {girocode.RuleTag, 1},
		"BCD\n002\n1\nSCT\n\nStadt":                   {girocode.RuleShort, 0},
		"BCD\n002\n1\nSCT\n\nStadt\nDE02120300000000202051\n": {girocode.RuleEnd, 8},
		with(3, "6")[:30] + "\xff" + with(3, "6")[30:]:        {girocode.RuleLetters, 6},
		with(11, strings.Repeat("ä", 140)):                    {girocode.RuleBytes, 0},
	} {
		_, err := girocode.Decode([]byte(payload))
		var r *girocode.Refusal
		if !errors.Is(err, want.rule) || !errors.As(err, &r) || r.Line != want.line {
			t.Errorf("%q: %v, want line %d: %s", payload, err, want.line, want.rule)
		}
	}
}

func TestEveryRuleIsHeldWhenWriting(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*girocode.Transfer)
		want   girocode.Rule
	}{
		"a line in the text":      {func(t *girocode.Transfer) { t.Text = "one\ntwo" }, girocode.RuleLetters},
		"an amount below nothing": {func(t *girocode.Transfer) { t.Amount = -1 }, girocode.RuleAmount},
		"too much money":          {func(t *girocode.Transfer) { t.Amount = girocode.MaxAmount + 1 }, girocode.RuleAmount},
		"version 3":               {func(t *girocode.Transfer) { t.Version = 3 }, girocode.RuleVersion},
		"character set 9":         {func(t *girocode.Transfer) { t.Charset = 9 }, girocode.RuleCharset},
		"no name":                 {func(t *girocode.Transfer) { t.Name = "" }, girocode.RuleName},
		"no account":              {func(t *girocode.Transfer) { t.IBAN = "" }, girocode.RuleIBAN},
		"both references":         {func(t *girocode.Transfer) { t.Reference = "RF18539007547034" }, girocode.RuleEither},
		"no BIC in version 1":     {func(t *girocode.Transfer) { t.Version = 1 }, girocode.RuleBICMissing},
		"a letter that the character set does not have": {func(t *girocode.Transfer) { t.Charset, t.Name = girocode.ISO8859_1, "Łódź" }, girocode.RuleLetters},
		"what is no text":  {func(t *girocode.Transfer) { t.Name = "\xff" }, girocode.RuleLetters},
		"more than fits":   {func(t *girocode.Transfer) { t.Text, t.Note = strings.Repeat("ü", 140), strings.Repeat("n", 70) }, girocode.RuleBytes},
		"a note too long":  {func(t *girocode.Transfer) { t.Note = strings.Repeat("n", 71) }, girocode.RuleNote},
		"a blank note":     {func(t *girocode.Transfer) { t.Note = "\u00a0 " }, girocode.RuleBlank},
		"a lower-case BIC": {func(t *girocode.Transfer) { t.BIC = "bhbldehh" }, girocode.RuleBIC},
	} {
		transfer := parking()
		c.change(&transfer)
		b, err := girocode.Encode(transfer)
		if !errors.Is(err, c.want) || b != nil {
			t.Errorf("%s: %q, %v, want %q", name, b, err, c.want)
		}
	}
}

func TestARefusalNamesItsPlaceAndRepeatsNothing(t *testing.T) {
	_, err := girocode.Decode([]byte("BCD\n002\n1\nSCT\n\nErika Mustermann\nDE02120300000000202099"))
	if got := err.Error(); got != "girocode: line 7: refused: the IBAN's check digits are right (ISO 7064 MOD 97-10)" {
		t.Error(got)
	}
}

func TestTheBytesAreCountedInTheCodesOwnCharacterSet(t *testing.T) {
	long := parking()
	long.Text, long.Note = strings.Repeat("ü", 140), strings.Repeat("n", 40)
	if _, err := girocode.Encode(long); !errors.Is(err, girocode.RuleBytes) {
		t.Errorf("in UTF-8 it does not fit: %v", err)
	}
	long.Charset = girocode.ISO8859_1
	b, err := girocode.Encode(long)
	if err != nil {
		t.Fatalf("in ISO 8859-1 it does: %v", err)
	}
	if got, err := girocode.Decode(b); err != nil || got.Text != long.Text {
		t.Errorf("read %+v, %v", got, err)
	}
}

func TestLettersAreReadInEveryCharacterSet(t *testing.T) {
	for set, name := range map[girocode.Charset]string{
		girocode.UTF8:       "Bürgerbüro Łódź Ελλάδα Юрий €",
		girocode.ISO8859_1:  "Bürgerbüro Großenhain Åse Ñandú",
		girocode.ISO8859_2:  "Bürgerbüro Łódź Črnomelj Győr",
		girocode.ISO8859_4:  "Bürgerbüro Rīga Šiauliai Ålesund",
		girocode.ISO8859_5:  "Юрий Ђорђевић №",
		girocode.ISO8859_7:  "Δήμος Αθηναίων",
		girocode.ISO8859_10: "Bürgerbüro Þórshöfn Kárášjohka",
		girocode.ISO8859_15: "Bürgerbüro Œuvre Šibenik Žilina €",
	} {
		want := parking()
		want.Version, want.Charset, want.Name = 2, set, name
		b, err := girocode.Encode(want)
		if err != nil {
			t.Errorf("%v: %v", set, err)
			continue
		}
		if got, err := girocode.Decode(b); err != nil || got != want {
			t.Errorf("%v: read %+v, %v", set, got, err)
		}
		text := strings.Replace("BCD\n002\n#\nSCT\n\n"+name+"\nDE02120300000000202051\nEUR30.70\n\n\n"+want.Text, "#", string('0'+rune(set)), 1)
		if got, err := girocode.DecodeText(text); err != nil || got != want {
			t.Errorf("%v: from text that is Unicode already: %+v, %v", set, got, err)
		}
	}
	if _, err := girocode.DecodeText("BCD\n002\n2\nSCT\n\nŁódź\nDE02120300000000202051"); !errors.Is(err, girocode.RuleLetters) {
		t.Errorf("a letter that the code cannot hold: %v", err)
	}
	// The bytes of ISO/IEC 8859's own tables, so that the table and the test do not share a mistake: ü, ß, ö, €.
	for set, b := range map[girocode.Charset]string{girocode.ISO8859_1: "\xfc\xdf\xf6", girocode.ISO8859_2: "\xfc\xdf\xf6", girocode.ISO8859_4: "\xfc\xdf\xf6",
		girocode.ISO8859_10: "\xfc\xdf\xf6", girocode.ISO8859_15: "\xfc\xdf\xf6\xa4"} {
		got, err := girocode.Decode([]byte("BCD\n002\n" + string('0'+rune(set)) + "\nSCT\n\n" + b + "\nDE02120300000000202051"))
		if err != nil || got.Name != "üßö€"[:len("üßö")+3*(len(b)-3)] {
			t.Errorf("%v: %q, %v", set, got.Name, err)
		}
	}
}

func TestReferencesAreMadeAndChecked(t *testing.T) {
	// ISO 11649's own example is 539007547034.
	if got, err := girocode.MakeReference("539007547034"); err != nil || got != "RF18539007547034" {
		t.Errorf("made %q, %v", got, err)
	}
	if err := girocode.CheckReference("+++090/9337/55493+++"); err != nil {
		t.Errorf("another country's structured reference: %v", err)
	}
	for _, own := range []string{"", "a1", "12 34", strings.Repeat("1", 22), "Ä"} {
		if _, err := girocode.MakeReference(own); !errors.Is(err, girocode.RuleReference) {
			t.Errorf("%q: %v", own, err)
		}
	}
}

// The examples of the IBAN registry, one for each way in which countries build their numbers.
func TestAccountsOfOtherCountriesAreKnown(t *testing.T) {
	for _, iban := range []string{"DE89370400440532013000", "AT611904300234573201", "NL91ABNA0417164300", "GB29NWBK60161331926819", "MT84MALT011000012345MTLCAST001S",
		"NO9386011117947", "FR1420041010050500013M02606", "BE68539007547034", "CH9300762011623852957", "PL61109010140000071219812874"} {
		if err := girocode.CheckIBAN(iban); err != nil {
			t.Errorf("%s: %v", iban, err)
		}
	}
}
