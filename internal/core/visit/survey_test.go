package visit

import (
	"encoding/json"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Who answers a survey leaves nothing by which anybody could find out that it was she.
func TestASurveyHasNoNumberNoKeyAndNoSlip(t *testing.T) {
	set := atTheCounter(t)
	catalogue, err := town()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := catalogue.Find("umfrage", "")
	if !ok || !s.Counted() {
		t.Fatal("the survey is gone")
	}
	v := Begin(s, set.desk, set.opts)
	for path, value := range map[string]any{"/ease": int64(2), "/done": "yes", "/again": "perhaps", "/words": "Größere Tasten."} {
		v.Answer(path, value)
	}
	r, err := v.Submit(t.Context(), pay.Free, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Counted || r.Case != "" || r.Secret != "" || len(r.Slip.Blocks) > 0 {
		t.Errorf("the receipt leads back: %q, slip of %d blocks", r.Case, len(r.Slip.Blocks))
	}
	sent := set.book.Sent()
	if len(sent) != 1 {
		t.Fatalf("%d envelopes go out", len(sent))
	}
	plain, err := set.office.Open(sent[0])
	if err != nil {
		t.Fatal(err)
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		t.Fatal(err)
	}
	if app.Case != "" || app.Recipient != "" || app.Fee != 0 || app.Way != pay.Free || app.Service != "umfrage" || len(app.Answers) != 4 {
		t.Errorf("the town hall reads %+v", app)
	}
}
