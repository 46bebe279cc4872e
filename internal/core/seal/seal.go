// Package seal closes what only the addressed authority, or only the holder of a slip, may read.
package seal

// Envelope is a sealed application: an id chosen by the device, and bytes that only the addressed authority can open.
type Envelope struct {
	ID    string // UUIDv7
	Key   string // key id of the authority's key it is sealed to
	Data  []byte // JWE in compact serialization: RSA-OAEP-256, A256GCM
	Parts []Part // files that the application names; they travel beside it
}

// Part is one file of an application, sealed by itself so that it can travel in pieces. The application inside the envelope names the ID: a part
// cannot be exchanged for another one.
type Part struct {
	ID   string // hex SHA-256 of Data
	Data []byte // JWE as an envelope's, over the file's bytes
}
