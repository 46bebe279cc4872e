package mobile

import (
	"context"
	"sync"
	"time"
)

// writeTime is how long one change of the memory may take.
const writeTime = 30 * time.Second

// shelf changes the memory in the background, one change after the other, in the order in which they were asked for.
type shelf struct {
	memory Memory

	mu   sync.Mutex
	jobs []func(ctx context.Context)
	busy bool
	done *sync.Cond
}

// do puts a change at the end of the row.
func (s *shelf) do(job func(ctx context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		s.done = sync.NewCond(&s.mu)
	}
	s.jobs = append(s.jobs, job)
	if !s.busy {
		s.busy = true
		go s.work()
	}
}

func (s *shelf) work() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.jobs) > 0 {
		job := s.jobs[0]
		s.jobs = s.jobs[1:]
		s.mu.Unlock()
		ctx, stop := context.WithTimeout(context.Background(), writeTime) // what was said is written down, whoever goes away
		job(ctx)
		stop()
		s.mu.Lock()
	}
	s.busy = false
	s.done.Broadcast()
}

// flush waits until the row is empty.
func (s *shelf) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy {
		s.done.Wait()
	}
}
