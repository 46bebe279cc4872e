package service

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/girocode"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// transferLayout makes the data of a QR code that a banking app reads (GiroCode, EPC069-12): who is paid, how much, and what for. All are expressions;
// bic and text may be left out.
type transferLayout struct {
	Name  form.Source `yaml:"name"`
	IBAN  form.Source `yaml:"iban"`
	BIC   form.Source `yaml:"bic"`
	Cents form.Source `yaml:"cents"`
	Text  form.Source `yaml:"text"`
}

type transferRule struct{ name, iban, bic, cents, text *expr.Rule }

func (d drawer) transfer(l *transferLayout, key string) *transferRule {
	if l == nil {
		return nil
	}
	return &transferRule{d.rule(l.Name, key+".name"), d.rule(l.IBAN, key+".iban"), d.rule(l.BIC, key+".bic"), d.rule(l.Cents, key+".cents"), d.rule(l.Text, key+".text")}
}

// data is what the code says. It fails with expr.ErrEval, or with the standard's rule that is broken, never with what was to be written.
func (r *transferRule) data(vars expr.Vars) (string, error) {
	t := girocode.Transfer{Charset: girocode.UTF8}
	for _, part := range []struct {
		rule *expr.Rule
		to   *string
	}{{r.name, &t.Name}, {r.iban, &t.IBAN}, {r.bic, &t.BIC}, {r.text, &t.Text}} {
		if part.rule == nil {
			continue
		}
		var err error
		if *part.to, err = part.rule.Text(vars); err != nil {
			return "", err
		}
	}
	if r.cents != nil {
		n, err := r.cents.Int(vars)
		if err != nil {
			return "", err
		}
		t.Amount = money.Cents(n)
	}
	payload, err := girocode.Encode(t)
	return string(payload), err
}
