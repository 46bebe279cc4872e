// Package seal closes what only the addressed authority, or only the holder of a slip, may read.
package seal

// Envelope is a sealed application: an id chosen by the device, and bytes that only the addressed authority can open.
type Envelope struct {
	ID   string // UUIDv7
	Key  string // key id of the authority's key it is sealed to
	Data []byte // JWE in compact serialization: RSA-OAEP-256, A256GCM
}
