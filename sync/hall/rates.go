package hall

import (
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Limits are how much one phone, and one address, may ask for. Zero values mean the defaults. A request costs 1, an item that is pushed 10 more.
type Limits struct {
	Phone   Rate // of one phone: 600 at once, 2 a second after that
	Address Rate // of one address, behind which a whole mobile network may be: 6000 at once, 50 a second
}

// Rate is how much may be asked for at once, and how fast that grows back.
type Rate struct {
	Burst  float64
	Second float64
}

func (l Limits) orDefaults() Limits {
	if l.Phone == (Rate{}) {
		l.Phone = Rate{600, 2}
	}
	if l.Address == (Rate{}) {
		l.Address = Rate{6000, 50}
	}
	return l
}

const costItem = 10

// admit lets a phone's request pass, or tells it when to come again. phone is empty where nobody says who he is.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, phone string, cost float64) bool {
	wait := h.addresses.take(neighbourhood(r.RemoteAddr), cost, h.now())
	if phone != "" && wait == 0 {
		wait = h.callers.take(phone, cost, h.now())
	}
	if wait == 0 {
		return true
	}
	later(w, wait)
	return false
}

func later(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	http.Error(w, "too much at once, come again later", http.StatusTooManyRequests)
}

// neighbourhood is what counts as one address: of IPv6, what one customer has.
func neighbourhood(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return p.String()
}

// rates are buckets that fill up again.
type rates struct {
	rate Rate
	mu   sync.Mutex
	all  map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// maxBuckets bounds what strangers can make the town hall remember.
const maxBuckets = 50_000

// take takes cost out of a bucket; when there is not enough in it, it tells how long it takes until there is.
func (r *rates) take(who string, cost float64, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) >= maxBuckets {
		r.clean(now)
	}
	b, ok := r.all[who]
	if !ok {
		b = bucket{r.rate.Burst, now}
	}
	b = r.fill(b, now)
	cost = min(cost, r.rate.Burst) // what is larger than the bucket waits for a full one
	var wait time.Duration
	if b.left >= cost {
		b.left -= cost
	} else {
		wait = time.Duration((cost - b.left) / r.rate.Second * float64(time.Second))
	}
	r.all[who] = b
	return wait
}

func (r *rates) fill(b bucket, now time.Time) bucket {
	if gone := now.Sub(b.at).Seconds(); gone > 0 {
		b.left = min(r.rate.Burst, b.left+gone*r.rate.Second)
	}
	b.at = now // also when the clock was set back
	return b
}

// clean forgets buckets that are full again, and all when that is not enough.
func (r *rates) clean(now time.Time) {
	for who, b := range r.all {
		if r.fill(b, now).left >= r.rate.Burst {
			delete(r.all, who)
		}
	}
	if len(r.all) >= maxBuckets {
		clear(r.all)
	}
}
