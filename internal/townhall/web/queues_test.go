package web

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// memQueues are queues in memory.
type memQueues struct {
	mu  sync.Mutex
	all map[string]service.Queue
}

func (q *memQueues) Count(_ context.Context, office string, waiting int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.all == nil {
		q.all = map[string]service.Queue{}
	}
	q.all[office] = service.Queue{Office: office, Waiting: waiting, At: monday}
	return nil
}

func (q *memQueues) Uncount(_ context.Context, office string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.all, office)
	return nil
}

func (q *memQueues) Queues(context.Context) (map[string]service.Queue, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.all, nil
}

func TestAClerkSaysHowManyWait(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	const page = "/wartende"
	if h.get(page).StatusCode == 200 {
		t.Error("anybody may count")
	}
	h.signIn()
	h.get(page).want(t, 200, "Bürgerbüro", "Standesamt", "noch nichts", `aria-current="page"`)
	h.post(page, page+"/buergerbuero", url.Values{"zahl": {" 4 "}}).wantGo(t, page)
	h.get(page).want(t, 200, "Die Zahl wird jetzt gezeigt.", ">4<small>"+monday.In(berlin(t)).Format("15.04")+" Uhr")
	for _, wrong := range []string{"", "-1", "1000", "viele", "4,5"} {
		h.post(page, page+"/buergerbuero", url.Values{"zahl": {wrong}}).want(t, 422, "Bitte eine Zahl von 0 bis 999.")
	}
	h.post(page, page+"/raumfahrt", url.Values{"zahl": {"4"}}).want(t, 404)
	if n := len(h.queues.all); n != 1 || h.queues.all["buergerbuero"].Waiting != 4 {
		t.Errorf("%v", h.queues.all)
	}
	h.post(page, page+"/buergerbuero", url.Values{"aus": {"1"}}).wantGo(t, page)
	if got := h.get(page); strings.Contains(got.body, `name="aus"`) || !strings.Contains(got.body, "Die Zahl wird nicht mehr gezeigt.") {
		t.Error("what was taken back is still offered to be taken back")
	}
}

func TestWithoutOfficesNobodyCounts(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	if strings.Contains(h.get("/arbeitsliste").body, "/wartende") {
		t.Error("the menu leads to a page without offices")
	}
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
