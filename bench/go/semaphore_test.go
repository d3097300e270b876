package bench

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"golang.org/x/sync/semaphore"
)

// What the JVM's shapes do in Turnstile.java.

// tokens is a channel as a semaphore: what x/sync compares its own with. Its tryAcquire is right for one goroutine only.
type tokens chan struct{}

func (t tokens) acquire(n int64) bool {
	for range n {
		t <- struct{}{}
	}
	return true
}

func (t tokens) tryAcquire(n int64) bool {
	return int64(len(t))+n <= int64(cap(t)) && t.acquire(n)
}

func (t tokens) release(n int64) {
	for range n {
		<-t
	}
}

var (
	semaphoreSink *semaphore.Weighted
	tokensSink    tokens
)

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

func BenchmarkSemaphoreNew_Chan(b *testing.B) {
	for _, size := range []int64{1, 128} {
		b.Run(strconv.FormatInt(size, 10), func(b *testing.B) {
			b.ReportAllocs()
			defer observe(b)()
			for b.Loop() {
				tokensSink = make(tokens, size)
			}
		})
	}
}

var turns = []struct {
	size, weight int64
	times        int
}{
	{1, 1, 1}, {2, 1, 1}, {16, 1, 1}, {128, 1, 1}, {2, 2, 1}, {16, 2, 8}, {128, 2, 64}, {2, 1, 2}, {16, 8, 2}, {128, 64, 2},
}

func turnstile(b *testing.B, acquire func(*semaphore.Weighted, int64) bool) {
	for _, t := range turns {
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

// turnstileOfTokens is the same once more: calls by an interface, or of a generic function, would cost both something.
func turnstileOfTokens(b *testing.B, acquire func(tokens, int64) bool) {
	for _, t := range turns {
		b.Run(fmt.Sprintf("%dx%dx%d", t.size, t.weight, t.times), func(b *testing.B) {
			b.ReportAllocs()
			defer observe(b)()
			places := make(tokens, t.size)
			for b.Loop() {
				for range t.times {
					if !acquire(places, t.weight) {
						b.Fatal("not acquired")
					}
				}
				for range t.times {
					places.release(t.weight)
				}
			}
		})
	}
}

func BenchmarkSemaphoreAcquire(b *testing.B) {
	ctx := context.Background()
	turnstile(b, func(places *semaphore.Weighted, weight int64) bool { return places.Acquire(ctx, weight) == nil })
}

func BenchmarkSemaphoreAcquire_Chan(b *testing.B) {
	turnstileOfTokens(b, tokens.acquire)
}

func BenchmarkSemaphoreTryAcquire(b *testing.B) {
	turnstile(b, (*semaphore.Weighted).TryAcquire)
}

func BenchmarkSemaphoreTryAcquire_Chan(b *testing.B) {
	turnstileOfTokens(b, tokens.tryAcquire)
}
