package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

// Theme is the Fyne theme of a style: our fonts, our colours, so that nothing on a screen looks like a toolkit. Letters that our font
// does not have (Cyrillic) come from the Noto fonts inside Fyne.
func Theme(st Style) fyne.Theme {
	return &ourTheme{st: st, colors: st.Colors(), regular: font("AtkinsonHyperlegibleNext-Regular.ttf"), bold: font("AtkinsonHyperlegibleNext-Bold.ttf")}
}

type ourTheme struct {
	st            Style
	colors        Palette
	regular, bold fyne.Resource
}

// font reads a font out of the program. It is nil, which means Fyne's own font, only if the program was built without it; a test looks.
func font(name string) fyne.Resource {
	data, err := assets.FS.ReadFile("fonts/" + name)
	if err != nil {
		return nil
	}
	return fyne.NewStaticResource(name, data)
}

func (t *ourTheme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace || s.Symbol:
	case s.Bold && t.bold != nil:
		return t.bold
	case t.regular != nil:
		return t.regular
	}
	return theme.DefaultTheme().Font(s)
}

func (t *ourTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	c := t.colors
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return c.Ground
	case theme.ColorNameForeground:
		return c.Ink
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return c.Accent
	case theme.ColorNameForegroundOnPrimary:
		return c.OnAccent
	case theme.ColorNameButton, theme.ColorNameInputBackground:
		return c.Surface
	case theme.ColorNameInputBorder, theme.ColorNameScrollBar, theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return c.Edge
	case theme.ColorNameSeparator:
		return c.Line
	case theme.ColorNameFocus:
		return c.FocusIn
	case theme.ColorNameSelection:
		return c.AccentSoft
	case theme.ColorNameError:
		return c.Error
	case theme.ColorNameSuccess:
		return c.OK
	case theme.ColorNameWarning:
		return c.Warn
	case theme.ColorNameHover, theme.ColorNamePressed, theme.ColorNameShadow, theme.ColorNameScrollBarBackground:
		return color.Transparent // touch knows no hovering; there are no soft shadows
	}
	return theme.DefaultTheme().Color(name, theme.VariantLight)
}

func (t *ourTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

func (t *ourTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding, theme.SizeNameInnerPadding:
		return 0 // every distance is ours
	case theme.SizeNameText:
		return t.st.Size(Body)
	case theme.SizeNameScrollBar, theme.SizeNameScrollBarSmall:
		return 0
	}
	return theme.DefaultTheme().Size(name)
}
