package form

// searchFrom is from how many options on they are searched: more than that nobody looks through.
const searchFrom = 9

// searched tells whether the field's options are searched.
func (f *field) searched(options int) bool {
	return (f.Kind == Choice || f.Kind == Choices) && (f.Search || options >= searchFrom)
}
