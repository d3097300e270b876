package bench

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	footprintBefore = 20_000
	footprintCount  = 500_000
)

// footprint reports what one of many takes: of the heap after a collection, with the stacks, and of what the system has given the
// process. To be run with b.N 1, and each in a
// process of its own: what was there before is not given back.
func footprint(b *testing.B, create func(count int)) {
	create(footprintBefore)
	heapBefore, residentBefore := inUse(), resident(b)
	create(footprintCount)
	b.ReportMetric((inUse()-heapBefore)/footprintCount, "heap-B/op")
	b.ReportMetric((resident(b)-residentBefore)/footprintCount, "rss-B/op")
}

func inUse() float64 {
	runtime.GC()
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return float64(memory.HeapAlloc + memory.StackInuse)
}

func resident(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kilobytes) * 1024
}

func BenchmarkMemoryIdleChan(b *testing.B) {
	for _, capacity := range []int{0, 16} {
		b.Run(strconv.Itoa(capacity), func(b *testing.B) {
			var kept [][]chan int
			footprint(b, func(count int) { kept = append(kept, makeChannels(count, capacity)) })
			runtime.KeepAlive(kept)
		})
	}
}

func BenchmarkMemoryBlocked(b *testing.B) {
	b.Run("receiver", func(b *testing.B) {
		blocked(b, func(c chan int) { <-c }, func(c chan int) { c <- 1 })
	})
	b.Run("sender", func(b *testing.B) {
		blocked(b, func(c chan int) { c <- 1 }, func(c chan int) { <-c })
	})
}

func blocked(b *testing.B, block, release func(c chan int)) {
	c := make(chan int)
	footprint(b, func(count int) {
		for range count {
			go block(c)
		}
		time.Sleep(500 * time.Millisecond)
	})
	for range footprintBefore + footprintCount {
		release(c)
	}
}

func BenchmarkMemorySelect(b *testing.B) {
	c, d := make(chan int), make(chan int)
	footprint(b, func(count int) {
		for range count {
			go func() {
				select {
				case <-c:
				case <-d:
				}
			}()
		}
		time.Sleep(500 * time.Millisecond)
	})
	for range footprintBefore + footprintCount {
		c <- 1
	}
}
