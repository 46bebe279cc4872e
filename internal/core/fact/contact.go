package fact

import "strings"

// vCard reads name, telephone, e-mail and address of a vCard 2.1, 3.0 or 4.0. The first of several counts.
func vCard(text string) map[string]string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text) // folded lines
	found := map[string]string{}
	first := func(key, value string) {
		if found[key] == "" {
			found[key] = value
		}
	}
	structured := ""
	for line := range strings.SplitSeq(text, "\n") {
		head, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		name, params, _ := strings.Cut(strings.ToUpper(head), ";")
		if i := strings.LastIndexByte(name, '.'); i >= 0 { // item1.TEL
			name = name[i+1:]
		}
		if strings.Contains(params, "ENCODING=") { // quoted-printable, base64: nobody's phone writes what we want like that today
			continue
		}
		switch name {
		case "FN":
			first("contact.name", plain(value))
		case "N":
			if p := parts(value, 2); structured == "" {
				structured = strings.TrimSpace(p[1] + " " + p[0])
				first("contact.given", p[1])
				first("contact.family", p[0])
			}
		case "TEL":
			first("contact.phone", strings.TrimPrefix(plain(value), "tel:"))
		case "EMAIL":
			first("contact.email", plain(value))
		case "ADR":
			p := parts(value, 7)
			street, number := SplitStreet(p[2])
			first("contact.street", street)
			first("contact.number", number)
			first("contact.town", p[3])
			first("contact.postcode", p[5])
		}
	}
	first("contact.name", structured)
	return found
}

// meCard reads a MeCard (NTT Docomo): "MECARD:N:Vogt,Renate;TEL:...;;".
func meCard(text string) map[string]string {
	found := map[string]string{}
	for _, field := range split(text[len("MECARD:"):], ';') {
		name, value, ok := strings.Cut(field, ":")
		if !ok {
			continue
		}
		key := map[string]string{"N": "contact.name", "TEL": "contact.phone", "EMAIL": "contact.email", "ADR": "contact.street"}[strings.ToUpper(name)]
		if key == "" || found[key] != "" {
			continue
		}
		p := split(value, ',')
		for i := range p {
			p[i] = plain(p[i])
		}
		switch {
		case key == "contact.name" && len(p) == 2:
			found[key] = strings.TrimSpace(p[1] + " " + p[0])
			found["contact.given"], found["contact.family"] = p[1], p[0]
		case key == "contact.street" && len(p) == 7:
			found[key], found["contact.number"] = SplitStreet(p[2])
			found["contact.town"], found["contact.postcode"] = p[3], p[5]
		case key == "contact.street":
			found[key], found["contact.number"] = SplitStreet(p[0])
		default:
			found[key] = strings.Join(p, " ")
		}
	}
	return found
}

// parts are the n first parts of a structured value, unescaped; missing ones are empty.
func parts(value string, n int) []string {
	out := make([]string, n)
	for i, p := range split(value, ';') {
		if i == n {
			break
		}
		out[i] = plain(p)
	}
	return out
}

// split cuts at signs that no backslash stands before.
func split(s string, at byte) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case at:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// plain takes backslashes away that say: this sign is meant as it is.
func plain(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; s[i] == 'n' || s[i] == 'N' {
				b.WriteByte(' ')
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}
