package look

// Texts are the words on the widgets: core/text.Texts, or a few words of a test.
type Texts interface {
	Say(lang, key string, args ...any) string
}
