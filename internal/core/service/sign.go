package service

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
)

// drawn gives the strokes of a signature: of an answer, or of what an expression made of it. None for one that was typed or lies on paper.
func drawn(v any) ([]document.Stroke, error) {
	answer, is := v.(string)
	if !is {
		return document.Strokes(v)
	}
	signed, err := signature.Read(answer)
	if err != nil {
		return nil, document.ErrStrokes
	}
	var strokes []document.Stroke
	for _, s := range signed.Strokes {
		var line document.Stroke
		for _, p := range s {
			line = append(line, document.Point{X: float64(p.X), Y: float64(p.Y)})
		}
		strokes = append(strokes, line)
	}
	return strokes, nil
}
