package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// ended hears that the end of a payment became known: if its citizen still stands before the screen that could not tell, it tells now.
func (k *Kiosk) ended(p pay.Payment) {
	k.s.ends = append(k.s.ends, p)
	k.clearUp()
}

// clearUp puts what became known onto the screen that waits for it. While the first slip is printed it has to wait.
func (k *Kiosk) clearUp() {
	d, waits := k.top().(*done)
	if !waits || !d.unclear || d.printing || k.s.visit == nil {
		return
	}
	for _, p := range k.s.ends {
		r, ours, err := k.s.visit.Clear(p)
		if !ours {
			continue
		}
		k.o.Event("cleared", "state", string(r.State))
		d.receipt, d.unclear, d.cleared, d.leaving, d.noSlip = r, false, true, false, err != nil
		if r.State != pay.Approved {
			d.err, d.code = nil, false
		}
		d.stale = d.err == nil
		k.touch()
		k.fresh = true
		k.show()
		return
	}
}

// lost is the last page of a payment that turned out not to be one: nothing was sent.
func (d *done) lost(k *Kiosk) page {
	how := "cleared.none"
	if d.receipt.State == pay.Owed {
		how = "cleared.owed"
	}
	p := page{noEnd: true, title: k.say("cleared.title", "how", k.say(how)), body: []fyne.CanvasObject{k.note(look.Info, "info-circle", "", k.say(how+".text"))}}
	end := action{label: k.say("kiosk.end"), icon: "logout", primary: true, id: "end", tap: k.Wipe}
	if d.receipt.State == pay.Owed {
		p.actions = []action{{label: k.say("kiosk.else"), icon: "home", id: "else", tap: k.home}, end}
		return p
	}
	end.primary = false
	p.body = append(p.body, look.Text(k.s.style, look.Lead, k.say("cleared.none.again"), look.TextOpts{}))
	p.actions = []action{end, {label: k.say("failed.again"), icon: "credit-card", primary: true, id: "again", tap: func() { k.push(&ways{}) }}}
	return p
}
