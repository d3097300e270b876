package bench

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// What the JVM's shapes do in Exchange.java: everybody moves a number of values that is known before.

const mask = 127

func sendTo(out chan<- int, values int) {
	for i := range values {
		out <- i & mask
	}
}

func receiveFrom(in <-chan int, values int) int64 {
	var sum int64
	for range values {
		sum += int64(<-in)
	}
	return sum
}

// share answers how many of so many values the one with this number moves, so that all of them are moved.
func share(values, parties, number int) int {
	if number < values%parties {
		return values/parties + 1
	}
	return values / parties
}

func eachCount(b *testing.B, counts []int, measured func(b *testing.B, count int)) {
	for _, count := range counts {
		b.Run(strconv.Itoa(count), func(b *testing.B) {
			b.ReportAllocs()
			defer observe(b)()
			measured(b, count)
		})
	}
}

func BenchmarkChanStream(b *testing.B) {
	eachCount(b, []int{1, 16, 100}, func(b *testing.B, pairs int) {
		var group sync.WaitGroup
		var sum atomic.Int64
		for i := range pairs {
			c := make(chan int)
			values := share(b.N, pairs, i)
			group.Go(func() { sum.Add(receiveFrom(c, values)) })
			group.Go(func() { sendTo(c, values) })
		}
		group.Wait()
	})
}

func BenchmarkChanPingPong(b *testing.B) {
	eachCount(b, []int{1, 16, 100}, func(b *testing.B, pairs int) {
		var group sync.WaitGroup
		var sum atomic.Int64
		for i := range pairs {
			there, back := make(chan int), make(chan int)
			trips := share(b.N, pairs, i)
			group.Go(func() {
				for range trips {
					back <- <-there
				}
			})
			group.Go(func() {
				var returned int64
				for n := range trips {
					there <- n & mask
					returned += int64(<-back)
				}
				sum.Add(returned)
			})
		}
		group.Wait()
	})
}

func through(b *testing.B, capacity, senders, receivers int) {
	c := make(chan int, capacity)
	var group sync.WaitGroup
	var sum atomic.Int64
	for i := range receivers {
		group.Go(func() { sum.Add(receiveFrom(c, share(b.N, receivers, i))) })
	}
	for i := range senders {
		group.Go(func() { sendTo(c, share(b.N, senders, i)) })
	}
	group.Wait()
}

func buffered(b *testing.B, senders, receivers int) {
	eachCount(b, []int{1, 16, 128, 1024}, func(b *testing.B, capacity int) { through(b, capacity, senders, receivers) })
}

func BenchmarkChanBuffered1to1(b *testing.B) { buffered(b, 1, 1) }

func BenchmarkChanBuffered2to2(b *testing.B) { buffered(b, 2, 2) }

func BenchmarkChanBuffered10to10(b *testing.B) { buffered(b, 10, 10) }

func BenchmarkChanBuffered100to100(b *testing.B) { buffered(b, 100, 100) }

func BenchmarkChanBuffered1to100(b *testing.B) { buffered(b, 1, 100) }

func BenchmarkChanBuffered100to1(b *testing.B) { buffered(b, 100, 1) }

func BenchmarkChanUnbuffered100to100(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	through(b, 0, 100, 100)
}

const stages = 10_000

// chain makes a chain of goroutines and sends so many values through it, again and again until b.N values have passed a
// goroutine.
func chain(b *testing.B, values int) {
	b.ReportAllocs()
	defer observe(b)()
	for done := 0; done < b.N; done += stages * values {
		var group sync.WaitGroup
		first := make(chan int)
		last := first
		for range stages {
			in, out := last, make(chan int)
			group.Go(func() {
				for range values {
					out <- <-in
				}
			})
			last = out
		}
		var sum int64
		group.Go(func() { sum = receiveFrom(last, values) })
		group.Go(func() { sendTo(first, values) })
		group.Wait()
		if values > 1 && sum == 0 {
			b.Fatal("nothing arrived")
		}
	}
}

func onOneProcessor(b *testing.B, measured func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	measured()
}

func BenchmarkChanChain1(b *testing.B) { chain(b, 1) }

func BenchmarkChanChain1_OneProcessor(b *testing.B) { onOneProcessor(b, func() { chain(b, 1) }) }

func BenchmarkChanChain1000(b *testing.B) { chain(b, 1_000) }

func BenchmarkChanSieve(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	for range b.N {
		if primes := sieve(17_389); primes != 2_000 {
			b.Fatal(primes, "primes")
		}
	}
}

// sieve answers how many primes there are up to limit. The number 0 ends the chain.
func sieve(limit int) int {
	numbers := make(chan int)
	go func() {
		for n := 2; n <= limit; n++ {
			numbers <- n
		}
		numbers <- 0
	}()
	primes := 0
	left := numbers
	for prime := <-left; prime != 0; prime = <-left {
		primes++
		in, out := left, make(chan int)
		go func() {
			for {
				n := <-in
				if n == 0 || n%prime != 0 {
					out <- n
				}
				if n == 0 {
					return
				}
			}
		}()
		left = out
	}
	return primes
}

func BenchmarkChanSameThread(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	c := make(chan int, 16)
	var sum int64
	for i := range b.N {
		c <- i & mask
		sum += int64(<-c)
	}
	if sum < 0 {
		b.Fatal(fmt.Sprint(sum))
	}
}
