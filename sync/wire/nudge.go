package wire

// MaxNudge is the longest nudge in bytes.
const MaxNudge = 512

// Nudge is what the town hall says over the websocket at PathNudge when there is something to pull. It carries no facts: a lost one costs
// time only. Everything a device says there is ignored.
//
// History: 1 first.
type Nudge struct {
	V int `json:"v"`
}

// Check checks the message.
func (n Nudge) Check() error { return version(n.V) }
