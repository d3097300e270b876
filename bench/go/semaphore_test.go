package bench

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"golang.org/x/sync/semaphore"
)

// What the JVM's shapes do in Turnstile.java.

var semaphoreSink *semaphore.Weighted

func BenchmarkSemaphoreNew(b *testing.B) {
	for _, size := range []int64{1, 128} {
		b.Run(strconv.FormatInt(size, 10), func(b *testing.B) {
			b.ReportAllocs()
			defer observe(b)()
			for b.Loop() {
				semaphoreSink = semaphore.NewWeighted(size)
			}
		})
	}
}

func turnstile(b *testing.B, acquire func(*semaphore.Weighted, int64) bool) {
	for _, t := range []struct {
		size, weight int64
		times        int
	}{
		{1, 1, 1}, {2, 1, 1}, {16, 1, 1}, {128, 1, 1}, {2, 2, 1}, {16, 2, 8}, {128, 2, 64}, {2, 1, 2}, {16, 8, 2}, {128, 64, 2},
	} {
		b.Run(fmt.Sprintf("%dx%dx%d", t.size, t.weight, t.times), func(b *testing.B) {
			b.ReportAllocs()
			defer observe(b)()
			places := semaphore.NewWeighted(t.size)
			for b.Loop() {
				for range t.times {
					if !acquire(places, t.weight) {
						b.Fatal("not acquired")
					}
				}
				for range t.times {
					places.Release(t.weight)
				}
			}
		})
	}
}

func BenchmarkSemaphoreAcquire(b *testing.B) {
	ctx := context.Background()
	turnstile(b, func(places *semaphore.Weighted, weight int64) bool { return places.Acquire(ctx, weight) == nil })
}

func BenchmarkSemaphoreTryAcquire(b *testing.B) {
	turnstile(b, (*semaphore.Weighted).TryAcquire)
}
