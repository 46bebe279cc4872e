package port

import "net/url"

// OpenRounds opens a serial line as on systems without a poller.
func OpenRounds(name string, q url.Values) (Port, error) {
	s, err := serialSettings(name, q)
	if err != nil {
		return nil, err
	}
	return openRounds(s)
}
