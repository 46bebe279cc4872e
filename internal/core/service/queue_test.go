package service

import (
	"encoding/json"
	"testing"
	"time"
)

func TestOnlyWhatIsAQueueIsRead(t *testing.T) {
	at := time.Date(2026, 11, 26, 10, 12, 0, 0, time.UTC)
	record := func(q Queue) []byte { data, _ := json.Marshal(q); return data }
	got := ReadQueues([][]byte{record(Queue{"a", 3, at}), record(Queue{"a", 5, at.Add(-time.Minute)}), []byte("{"), []byte(`{"office":""}`), []byte(`[]`), record(Queue{"b", 0, at})})
	if len(got) != 2 || got["a"].Waiting != 3 || got["b"].Waiting != 0 {
		t.Errorf("%v", got)
	}
}

func FuzzReadQueues(f *testing.F) {
	f.Add([]byte(`{"office":"a","waiting":3,"at":"2026-11-26T10:12:00Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for office, q := range ReadQueues([][]byte{data}) {
			if office == "" || q.Office != office {
				t.Errorf("%q: %v", data, q)
			}
		}
	})
}
