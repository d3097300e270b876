package bench

import (
	"sync"
	"sync/atomic"
	"testing"
)

// What the JVM's shapes do in MutexUncontended.java, RWMutexUncontended.java, MutexSpin.java and MutexNoSpin.java.

// padded keeps what belongs to one goroutine away from what belongs to another.
type padded[T any] struct {
	it T
	_  [128]byte
}

func BenchmarkMutexUncontended(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var sum atomic.Int64
		shared(b, count, func(_, sections int) {
			lock := new(padded[sync.Mutex])
			counter := new(padded[guarded])
			for range sections {
				lock.it.Lock()
				counter.it.raise(work{})
				lock.it.Unlock()
			}
			sum.Add(int64(counter.it.count))
		})
		if sum.Load() != int64(b.N) {
			b.Fatal("counted", sum.Load())
		}
	})
}

func BenchmarkRWMutexUncontended(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var sum atomic.Int64
		shared(b, count, func(_, operations int) {
			lock := new(padded[sync.RWMutex])
			counter := new(padded[int64])
			for range operations {
				lock.it.RLock()
				lock.it.RLock()
				lock.it.RUnlock()
				lock.it.RUnlock()
				lock.it.Lock()
				counter.it++
				lock.it.Unlock()
			}
			sum.Add(counter.it)
		})
		if sum.Load() != int64(b.N) {
			b.Fatal("counted", sum.Load())
		}
	})
}

const (
	spinMemory   = 16 << 10
	noSpinMemory = 4 << 10
)

// touch goes through memory of one's own.
func touch(memory []uint64) {
	for i := 0; i < len(memory); i += 4 {
		memory[i]++
	}
}

func BenchmarkMutexSpin(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var lock sync.Mutex
		var counter guarded
		shared(b, count, func(_, sections int) {
			own := make([]uint64, spinMemory)
			for range sections {
				lock.Lock()
				counter.raise(work{})
				lock.Unlock()
				touch(own)
			}
			if own[0] != uint64(sections) {
				b.Error("touched", own[0], "times")
			}
		})
		if counter.count != b.N {
			b.Fatal("counted", counter.count)
		}
	})
}

func BenchmarkMutexNoSpin(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var lock sync.Mutex
		var counter guarded
		var locked atomic.Int64
		shared(b, count, func(_, turns int) {
			own := make([]uint64, noSpinMemory)
			hop := make(chan bool)
			locked.Add(int64(turns+3) / 4)
			for i := range turns {
				if i%4 == 0 {
					lock.Lock()
					counter.raise(work{})
					lock.Unlock()
				} else {
					touch(own)
					go func() { hop <- true }()
					<-hop
				}
			}
		})
		if int64(counter.count) != locked.Load() {
			b.Fatal("counted", counter.count, "of", locked.Load())
		}
	})
}
