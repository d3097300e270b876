package bench

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// What the JVM's shapes do in Joining.java.

func BenchmarkWaitGroupUncontended(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		shared(b, count, func(_, operations int) {
			group := new(padded[sync.WaitGroup])
			for range operations {
				group.it.Add(1)
				group.it.Done()
				group.it.Wait()
			}
		})
	})
}

// eachSteps measures with so many steps of its own between two operations, and so many goroutines.
func eachSteps(b *testing.B, measured func(b *testing.B, steps, goroutines int)) {
	for _, s := range []int{0, 99} {
		b.Run(strconv.Itoa(s), func(b *testing.B) {
			eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) { measured(b, s, count) })
		})
	}
}

func BenchmarkWaitGroupAddDone(b *testing.B) {
	eachSteps(b, func(b *testing.B, between, count int) {
		var group sync.WaitGroup
		var sum atomic.Uint64
		shared(b, count, func(_, operations int) {
			own := seed
			for range operations {
				group.Add(1)
				own = steps(own, between)
				group.Done()
			}
			sum.Add(own)
		})
		group.Wait()
	})
}

func BenchmarkWaitGroupWait(b *testing.B) {
	eachSteps(b, func(b *testing.B, between, count int) {
		var group sync.WaitGroup
		var sum atomic.Uint64
		shared(b, count, func(_, operations int) {
			own := seed
			for range operations {
				group.Wait()
				own = steps(own, between)
			}
			sum.Add(own)
		})
	})
}

func BenchmarkWaitGroupActuallyWait(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var ended atomic.Int64
		shared(b, count, func(_, operations int) {
			for range operations {
				var group sync.WaitGroup
				var seen int64
				group.Add(1)
				go func() {
					seen++
					group.Done()
				}()
				group.Wait()
				ended.Add(seen)
			}
		})
		if ended.Load() != int64(b.N) {
			b.Fatal("ended", ended.Load())
		}
	})
}
