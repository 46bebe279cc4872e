// Package assets carries the data that every program ships: services, tenants, texts, fonts, icons and the map. It holds no code but the embedding.
package assets

import "embed"

// FS holds services/<id>/, tenants/<id>/, texts/, fonts/, icons/ and map/.
//
//go:embed all:services all:tenants all:texts search fonts icons map
var FS embed.FS
