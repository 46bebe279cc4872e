package visit

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// tell tells the device of rules that are broken, each once a visit: a form is looked at with every letter.
func (v *Visit) tell(view form.View) form.View {
	if v.opts.Broken == nil || len(view.Broken) == 0 {
		return view
	}
	var news []expr.Place
	v.mu.Lock()
	for _, p := range view.Broken {
		if !v.broken[p] {
			v.broken[p] = true
			news = append(news, p)
		}
	}
	v.mu.Unlock()
	if len(news) > 0 {
		go v.opts.Broken(v.service.Version, news) // whoever looks at the form does not wait for a disk
	}
	return view
}
