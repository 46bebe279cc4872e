package photo

import (
	"fmt"
	"image"
	"image/jpeg"
	"math"
)

// quality is a step of the way down, with the size of a photo at it compared to that at the others, as measured with photos of streets.
type quality struct{ jpeg, size int }

func qualities() []quality {
	return []quality{{85, 100}, {80, 84}, {75, 73}, {70, 66}, {64, 59}, {58, 54}, {50, 49}, {42, 44}}
}

const (
	middling = 5  // index of the quality that a picture is made smaller for, when even the lowest does not fit
	smallest = 32 // the edge below which a picture shows nothing any more
)

// encode makes the best JPEG that fits: quality goes down first, then the size. It tries few of both, since the size of the last try tells
// about the next.
func encode(img *image.RGBA, limit int) ([]byte, image.Point, error) {
	steps := qualities()
	at := 0
	for {
		size := img.Rect.Size()
		whole := 0 // what the picture would have at the highest quality, by the last try, in hundredths
		for at < len(steps) {
			out := sink{limit: limit}
			if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: steps[at].jpeg}); err != nil {
				return nil, image.Point{}, err
			}
			if out.count <= limit {
				return out.data, size, nil
			}
			whole = out.count / steps[at].size
			for at++; at < len(steps) && whole*steps[at].size > limit; at++ {
			}
		}
		at = middling
		smaller := math.Sqrt(float64(limit) / float64(whole*steps[at].size))
		edge := int(float64(max(size.X, size.Y)) * min(max(smaller, 0.3), 0.9))
		if edge < smallest {
			return nil, image.Point{}, fmt.Errorf("%w: nothing fits into %d bytes", ErrTooLarge, limit)
		}
		img = scale(img, edge, 1, nil)
	}
}

// sink keeps what is written up to a limit and counts the rest.
type sink struct {
	data         []byte
	count, limit int
}

func (s *sink) Write(p []byte) (int, error) {
	s.count += len(p)
	if s.count <= s.limit {
		s.data = append(s.data, p...)
	}
	return len(p), nil
}
