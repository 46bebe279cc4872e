package mobile

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
)

// codeEdges are the longer edges, in pixels, at which a code is looked for in a photo: a code that fills it is found in a small one, one in a corner
// needs a large one.
var codeEdges = []int{900, 1800}

// readCode finds the QR code in a photo; "" when there is none, or when the file is no photo.
func readCode(file []byte) string {
	p, err := photo.Read(file)
	if err != nil {
		return ""
	}
	for _, edge := range codeEdges {
		e, err := p.Edit(photo.Options{Edge: edge})
		if err != nil {
			return ""
		}
		text, err := qrread.Read(e.Picture())
		e.Wipe()
		if err == nil {
			return text
		}
	}
	return ""
}
