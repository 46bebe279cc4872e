package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Theme is the Fyne theme of a style: our fonts, our colours, so that nothing on a screen looks like a toolkit. Letters that our font
// does not have (Cyrillic) come from the Noto fonts inside Fyne.
func Theme(st Style) fyne.Theme {
	return &ourTheme{st: st, colors: st.Colors()}
}

type ourTheme struct {
	st     Style
	colors Palette
}

func (t *ourTheme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace || s.Symbol:
	case s.Bold:
		return boldFont
	default:
		return regularFont
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
