package bench

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"
)

var (
	contextSink context.Context
	anySink     any
	errSink     error
	boolSink    bool
)

func BenchmarkCreateCancel(b *testing.B) {
	parent, stop := context.WithCancel(context.Background())
	defer stop()
	b.ReportAllocs()
	for range b.N {
		child, cancel := context.WithCancel(parent)
		cancel()
		contextSink = child
	}
}

// Nanoseconds are per thread, as JMH counts: two threads share the iterations, so an iteration's time counts twice.
func BenchmarkCreateCancelTwoThreads(b *testing.B) {
	parent, stop := context.WithCancel(context.Background())
	defer stop()
	b.ReportAllocs()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			var last context.Context
			for range b.N / 2 {
				child, cancel := context.WithCancel(parent)
				cancel()
				last = child
			}
			if last != nil && last.Err() == nil {
				b.Error("a cancelled child lives")
			}
		})
	}
	both.Wait()
	b.ReportMetric(2*float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/op")
}

func BenchmarkCreateCancelTimeout(b *testing.B) {
	parent, stop := context.WithCancel(context.Background())
	defer stop()
	b.ReportAllocs()
	for range b.N {
		child, cancel := context.WithTimeout(parent, 10*time.Second)
		cancel()
		contextSink = child
	}
}

func BenchmarkLiveDeadlines(b *testing.B) {
	const live, batch = 400_000, 10
	b.Run(strconv.Itoa(live), func(b *testing.B) {
		cancels := make([]context.CancelFunc, live)
		for i := range cancels {
			_, cancels[i] = context.WithTimeout(context.Background(), time.Hour)
		}
		b.ReportAllocs()
		b.ResetTimer()
		for i := 0; i < b.N; i += batch {
			var made [batch]context.CancelFunc
			for j := range made {
				contextSink, made[j] = context.WithTimeout(context.Background(), time.Hour)
			}
			for _, cancel := range made {
				cancel()
			}
		}
		b.StopTimer()
		for _, cancel := range cancels {
			cancel()
		}
	})
}

type key int

// bind makes a chain that binds the keys depth..1, the greatest furthest out.
func bind(depth int) context.Context {
	ctx := context.Background()
	for i := depth; i > 0; i-- {
		ctx = context.WithValue(ctx, key(i), "value "+strconv.Itoa(i))
	}
	return ctx
}

func BenchmarkValueLookup(b *testing.B) {
	for _, depth := range []int{1, 10, 100, 1000} {
		b.Run(strconv.Itoa(depth), func(b *testing.B) {
			ctx := bind(depth)
			var outermost any = key(depth)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				anySink = ctx.Value(outermost)
			}
		})
	}
}

func BenchmarkValueBind(b *testing.B) {
	for _, depth := range []int{1, 100} {
		b.Run(strconv.Itoa(depth), func(b *testing.B) {
			ctx := bind(depth)
			var value any = "value"
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				contextSink = context.WithValue(ctx, key(0), value)
			}
		})
	}
}

func BenchmarkPoll(b *testing.B) {
	for _, depth := range []int{1, 100} {
		b.Run(strconv.Itoa(depth), func(b *testing.B) {
			ctx := context.Background()
			for range depth {
				var cancel context.CancelFunc
				ctx, cancel = context.WithCancel(ctx)
				defer cancel()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				errSink = ctx.Err()
			}
		})
	}
}

func BenchmarkAfterFuncStop(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.ReportAllocs()
	for range b.N {
		boolSink = context.AfterFunc(ctx, func() {})()
	}
}
