package bench

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// What Placement.java does: a measurement waits until the processors are near each other, and notes whether they still are in the end.

// near is in nanoseconds; 0 when it is not asked for.
var near, _ = strconv.ParseFloat(os.Getenv("BENCH_NEAR"), 64)

// roundTrip answers how long one variable takes from one processor to the other and back.
func roundTrip() float64 {
	const tries, trips, most = 6, 5_000, 5 * time.Millisecond
	var ball atomic.Int64
	var ended atomic.Bool
	left := make(chan bool)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for next := int64(1); !ended.Load(); {
			if await(&ball, next) {
				ball.Store(next + 1)
				next += 2
			}
		}
		left <- true
	}()
	best := math.Inf(1)
	next := int64(0)
	for range tries {
		start := time.Now()
		made := 0
		for made < trips && time.Since(start) < most {
			ball.Store(next + 1)
			next += 2
			for !await(&ball, next) {
			}
			made++
		}
		best = min(best, float64(time.Since(start).Nanoseconds())/float64(made))
	}
	ended.Store(true)
	<-left
	return best
}

// await spins for a while, and lets another goroutine run when that is in vain.
func await(ball *atomic.Int64, value int64) bool {
	for range 5_000 {
		if ball.Load() == value {
			return true
		}
	}
	runtime.Gosched()
	return false
}

func awaitNear() {
	if near == 0 {
		return
	}
	for range 100 {
		if roundTrip() <= near {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// observe waits for the processors, and notes the process's CPU time from then until what it answers is called.
func observe(b *testing.B) func() {
	b.StopTimer()
	awaitNear()
	b.StartTimer()
	before := cpuNanos()
	return func() {
		used := cpuNanos() - before
		b.StopTimer()
		if used > 0 {
			b.ReportMetric(float64(used)/float64(b.N), "cpu-ns/op")
		}
		if near != 0 {
			b.ReportMetric(roundTrip(), "exchange-ns/op")
		}
	}
}
