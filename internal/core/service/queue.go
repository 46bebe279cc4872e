package service

import (
	"encoding/json"
	"time"
)

// CollectionQueues holds how many people wait at which office.
const CollectionQueues = "queues"

// Queue is how many people waited at an office when somebody counted.
type Queue struct {
	Office  string    `json:"office"` // row of the tenant's table "offices"
	Waiting int       `json:"waiting"`
	At      time.Time `json:"at"` // by the town hall's clock
}

const (
	freshFor = 15 * time.Minute
	early    = 2 * time.Minute // what clocks may differ by
	most     = 999             // more than that is a mistake
)

// Fresh tells whether what was counted may still be shown. now is the town hall's time.
func (q Queue) Fresh(now time.Time) bool {
	age := now.Sub(q.At)
	return q.Office != "" && !q.At.IsZero() && q.Waiting >= 0 && q.Waiting <= most && age < freshFor && age > -early
}

// ReadQueues reads the records of the collection, by office. One that cannot be read is left out.
func ReadQueues(records [][]byte) map[string]Queue {
	queues := map[string]Queue{}
	for _, data := range records {
		var q Queue
		if json.Unmarshal(data, &q) == nil && q.Office != "" && q.At.After(queues[q.Office].At) {
			queues[q.Office] = q
		}
	}
	return queues
}
