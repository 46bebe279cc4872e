package intake

// Picture is for fuzzing.
var Picture = picture
