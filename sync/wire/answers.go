package wire

import "fmt"

// MaxAnswers is the longest answer to a question for answers, in bytes.
const MaxAnswers = 16 << 20

// Answers is the town hall's answer to GET PathAnswers + address: what it sealed for the address, newest last. None is no error: the town
// hall does not tell apart an address without answers and one that never was.
//
// History: 1 first.
type Answers struct {
	V       int      `json:"v"`
	Answers [][]byte `json:"answers"` // each sealed with age to the slip's recipient
}

// Check checks the answer.
func (a Answers) Check() error {
	if err := version(a.V); err != nil {
		return err
	}
	for _, b := range a.Answers {
		if len(b) == 0 {
			return fmt.Errorf("wire: answers: empty: %w", ErrMessage)
		}
	}
	return nil
}

// CheckAddress checks an address: 64 hex digits, small letters.
func CheckAddress(address string) error {
	if !hashForm.MatchString(address) {
		return fmt.Errorf("wire: address: %w", ErrMessage)
	}
	return nil
}
