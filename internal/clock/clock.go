// Package clock is the town's clock: the machine's, read in the town's time zone, where its days begin.
package clock

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zone's rules, also where the machine has none
)

// zone is the town's, by its name in the tz database.
const zone = "Europe/Berlin"

// Town gives the machine's clock in the town's time zone, whatever zone the machine is set to.
func Town() (func() time.Time, error) {
	z, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("clock: time zone: %w", err)
	}
	return func() time.Time { return time.Now().In(z) }, nil
}
