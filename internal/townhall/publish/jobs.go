package publish

import (
	"encoding/json"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// CollectionJobs holds the town's vacancies. Each record's data is a Job; a device makes the table "jobs" of them, which services read.
const CollectionJobs = "jobs"

// Words are a sentence by language; German is there, English may be.
type Words struct {
	De string `json:"de"`
	En string `json:"en,omitempty"`
}

// Job is what everybody may know of a vacancy: a row of the table "jobs".
type Job struct {
	ID    string `json:"id"`    // random
	From  string `json:"from"`  // the first day on which somebody may apply: "2026-11-23"
	Until string `json:"until"` // the last one
	Title Words  `json:"title"`
	Line  Words  `json:"line"` // department, salary, last day
	Text  Words  `json:"text"`
}

// Record is the record to publish. It is stored in the same transaction as what the town hall keeps of the vacancy.
func (j Job) Record() (wire.Record, error) {
	if j.ID == "" || j.From == "" || j.Until == "" {
		return wire.Record{}, errors.New("publish: job: not whole")
	}
	data, err := json.Marshal(j)
	if err != nil {
		return wire.Record{}, fmt.Errorf("publish: job: %w", err)
	}
	return wire.Record{Collection: CollectionJobs, ID: j.ID, Data: data}, nil
}
