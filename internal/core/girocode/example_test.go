package girocode_test

import (
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
)

func ExampleEncode() {
	payload, err := girocode.Encode(girocode.Transfer{Name: "Stadt Bad Oeynhausen", IBAN: "DE02120300000000202051", Amount: 3070, Text: "Bewohnerparkausweis"})
	fmt.Printf("%q %v\n", payload, err)
	// Output: "BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70\n\n\nBewohnerparkausweis" <nil>
}

func ExampleDecode() {
	_, err := girocode.Decode([]byte("BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR0.00"))
	fmt.Println(errors.Is(err, girocode.RuleAmount), err)
	// Output: true girocode: line 8: refused: the amount is EUR0.01 to EUR999999999.99, with at most two decimals after a point
}
