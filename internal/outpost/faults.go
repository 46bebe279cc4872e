package outpost

import (
	"context"
	"strings"
	"unicode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// Broken notes rules that have no value although all they read is there, so that the town hall hears of it with the next contact: which rule of
// which version, never what somebody answered. It may be called on any goroutine.
func (o *Outpost) Broken(version string, rules []expr.Place) {
	for _, p := range rules {
		f := device.Fault{Kind: device.FaultRule, Service: p.Service, Version: version, File: p.File, Line: p.Line, Key: p.Key, Count: 1}
		f.Service, _, _ = strings.Cut(f.Service, "@") // an older version's folder is called so
		if err := o.Store.NoteFault(context.Background(), f); err != nil {
			o.log.Warn("outpost: a broken rule is not noted", "rule", p.String(), "err", err)
		}
	}
}

// refusedFault is what the town hall hears of a service that is not offered.
func refusedFault(id, version string, why error) device.Fault {
	reason := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, why.Error())), " ")
	if len(reason) > device.MaxReason {
		reason = reason[:device.MaxReason]
	}
	return device.Fault{Kind: device.FaultRefused, Service: id, Version: version, Reason: strings.ToValidUTF8(reason, ""), Count: 1}
}
