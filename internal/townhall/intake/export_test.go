package intake

// Opened is for fuzzing.
var Opened = opened
