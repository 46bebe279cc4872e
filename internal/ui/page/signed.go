package page

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// signature asks somebody to sign with a finger, or, who cannot or does not want to, to type the full name.
func (d drawer) signature(f form.Field) fyne.CanvasObject {
	st := d.st
	text, _ := f.Value.(string)
	if f.ReadOnly {
		return look.Column(st.U(8), look.Text(st, look.Body, f.Label, look.TextOpts{Color: st.Colors().Ink2}), d.signed(f.Label, text, f.Text))
	}
	if len(f.Parts) > 0 {
		name := f.Parts[0]
		back := look.Button(st, look.ButtonOpts{Label: d.say("page.sign.draw"), Icon: "pencil", Small: true, ID: f.Path + "/draw", Tap: func() { d.answer(f.Path, nil) }})
		f.Missing, f.Problem = false, "" // told at the name
		return d.block(f, look.Column(st.U(18), d.typed(name), left(back)))
	}
	strokes := drawn(text)
	node := tree.Node{Role: tree.Picture, Name: f.Label, Value: d.say("page.sign.empty"), ID: f.Path}
	if len(strokes) > 0 {
		node.Value = d.say("page.sign.signed")
	}
	if d.problem(f) != "" {
		node = node.With("invalid")
	}
	field := newPad(st, node, strokes, func(all []signature.Stroke) { d.answer(f.Path, signature.Text(all)) })
	name := look.Button(st, look.ButtonOpts{Label: d.say("page.sign.name"), Icon: "letter-case", Small: true, ID: f.Path + "/name", Tap: func() {
		d.answer(f.Path, signature.StartName)
		if d.ev.Focus != nil {
			d.ev.Focus(f.Path)
		}
	}})
	buttons := []fyne.CanvasObject{name}
	if len(strokes) > 0 {
		buttons = append(buttons, look.Button(st, look.ButtonOpts{Label: d.say("page.sign.new"), Name: d.say("page.sign.new.what", "what", f.Label), Icon: "eraser", Small: true, ID: f.Path + "/new",
			Tap: func() { d.answer(f.Path, nil) }}))
	}
	return d.block(f, look.Column(st.U(16), field, look.Grid(st.U(14), 2, buttons...)))
}

// drawn are the strokes of an answer, also of one that is too short to be a signature yet.
func drawn(text string) []signature.Stroke {
	strokes, _ := signature.Begun(text)
	return strokes
}

// left leaves a button its least width.
func left(b fyne.CanvasObject) fyne.CanvasObject {
	w := b.MinSize().Width
	return look.NewScene(w, func(width float32) float32 { return look.HeightFor(b, min(w, width)) }, func(s fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(b, 0, 0, min(w, s.Width), s.Height)}
	})
}

// signed shows how somebody signed: the drawing as it was drawn, anything else in words.
func (d drawer) signed(name, value, said string) fyne.CanvasObject {
	strokes, err := signature.Parse(value)
	if err != nil {
		return look.Text(d.st, look.Lead, said, look.TextOpts{Bold: true})
	}
	w := d.st.U(340)
	if d.st.Shell == look.Phone {
		w = d.st.U(200)
	}
	pic := canvas.NewImageFromImage(inked(strokes, d.st.Colors().Ink))
	scene := look.NewScene(w, look.Fixed(w*signature.Height/signature.Width), func(fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(pic, 0, 0, w, w*signature.Height/signature.Width)}
	})
	scene.Node = tree.Node{Role: tree.Picture, Name: name, Value: said}
	return scene
}

// firstFiles is the path of the page's first field of files that may be handed in later.
func (d drawer) firstFiles() string {
	for _, f := range d.page.Fields {
		if f.Kind == form.Files && f.Later && !form.Later(f.Value) {
			return f.Path
		}
	}
	return ""
}

// files is what can be done about files: give them as the shell offers it, hand them in later, or, at a terminal, take another way.
func (d drawer) files(f form.Field) fyne.CanvasObject {
	st := d.st
	later := form.Later(f.Value)
	key := "page.files.elsewhere"
	if f.Later {
		key = "page.files"
	}
	here := len(form.Digests(f.Value)) > 0
	var objs []fyne.CanvasObject
	switch {
	case d.ev.Files != nil && !later:
		objs = append(objs, d.ev.Files(f))
	case here: // they came another way
		objs = append(objs, look.Note(st, look.NoteOpts{Icon: "file-text", Text: f.Text}))
	case d.ev.Files == nil && !later && (!f.Later || d.firstFiles() == f.Path): // once on a page is enough
		objs = append(objs, look.Remark(st, "device-mobile", d.say(key)))
	}
	if f.Later && !f.ReadOnly && (later || !here) {
		objs = append(objs, look.Choice(st, look.ChoiceOpts{Title: d.say("page.files.later"), Selected: later, Box: true, ID: f.Path, Tap: func() {
			if later {
				d.answer(f.Path, nil)
				return
			}
			d.answer(f.Path, form.LaterAnswer())
		}}))
	}
	return d.block(f, look.Column(st.U(14), objs...))
}
