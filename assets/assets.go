// Package assets carries the data that every program ships: services, tenants, texts, fonts and icons. It holds no code but the embedding.
package assets

import "embed"

// FS holds services/<id>/, tenants/<id>/, texts/, fonts/ and icons/.
//
//go:embed all:services all:tenants all:texts fonts icons
var FS embed.FS
