package kiosk

import "context"

// hearSensor tells the shell who stands before the terminal, until ctx ends. A sensor that is gone tells nothing, and nothing changes.
func (k *Kiosk) hearSensor(ctx context.Context) {
	for ctx.Err() == nil {
		somebody, err := k.o.Desk.Sensor.Next(ctx)
		if err != nil {
			pause(ctx, later)
			continue
		}
		if !somebody {
			k.gently(k.alone)
		}
	}
}

// alone hears that nobody stands there any more: who left without a word is asked at once whether somebody is still there, and what was typed
// does not wait on the screen for the next one. It is only asked: a sensor may be wrong. And somebody who comes meanwhile changes nothing by
// coming: it may be somebody else.
func (k *Kiosk) alone() {
	s := k.s
	if k.lasting() || !s.warned.IsZero() {
		return
	}
	k.o.Event("alone", "screen", k.top().name())
	if k.nothingToLose() {
		k.Wipe()
		return
	}
	s.warned = k.o.Now()
	k.show()
}
