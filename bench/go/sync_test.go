package bench

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/semaphore"
)

// What the JVM's shapes do in Work.java, Guarded.java, ReadWrite.java, Places.java, Barrier.java and Reuse.java.

const seed uint64 = 88_172_645_463_325_252

// steps goes so many steps that need each other, a third of Marsaglia's xorshift each. It answers 0 for 0 only.
func steps(x uint64, count int) uint64 {
	for i := 0; i < count; i += 3 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// shared lets so many goroutines share b.N operations, and waits for all.
func shared(b *testing.B, goroutines int, body func(number, operations int)) {
	var group sync.WaitGroup
	for i := range goroutines {
		group.Go(func() { body(i, share(b.N, goroutines, i)) })
	}
	group.Wait()
}

type work struct {
	inside, outside int
	yields          bool
}

// guarded is a counter, to be raised with a lock held.
type guarded struct {
	count int
	state uint64
}

func (g *guarded) raise(w work) {
	g.count++
	if w.inside > 0 {
		g.state = steps(g.state, w.inside)
	}
	if w.yields {
		runtime.Gosched()
	}
}

func mutex(b *testing.B, w work, goroutines []int) {
	eachCount(b, goroutines, func(b *testing.B, count int) {
		var lock sync.Mutex
		counter := guarded{state: seed}
		var sum atomic.Uint64
		shared(b, count, func(_, sections int) {
			own := seed
			for range sections {
				lock.Lock()
				counter.raise(w)
				lock.Unlock()
				own = steps(own, w.outside)
			}
			sum.Add(own)
		})
		if counter.count != b.N || counter.state == 0 {
			b.Fatal("counted", counter.count)
		}
	})
}

func BenchmarkMutexShort(b *testing.B) { mutex(b, work{}, []int{1, 2, 8, 100}) }

func BenchmarkMutexWork(b *testing.B) { mutex(b, work{inside: 30, outside: 30}, []int{1, 2, 8, 100}) }

func BenchmarkMutexWaiting(b *testing.B) { mutex(b, work{yields: true}, []int{2, 8, 100}) }

func BenchmarkSemaphoreLock(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		ctx := context.Background()
		places := semaphore.NewWeighted(1)
		var counter guarded
		shared(b, count, func(_, sections int) {
			for range sections {
				if places.Acquire(ctx, 1) != nil {
					b.Error("not acquired")
				}
				counter.raise(work{})
				places.Release(1)
			}
		})
		if counter.count != b.N {
			b.Fatal("counted", counter.count)
		}
	})
}

func BenchmarkSemaphorePlaces(b *testing.B) {
	const size = 4
	eachCount(b, []int{1, 8, 100}, func(b *testing.B, count int) {
		ctx := context.Background()
		places := semaphore.NewWeighted(size)
		var inside atomic.Int32
		shared(b, count, func(_, visits int) {
			for range visits {
				if places.Acquire(ctx, 1) != nil || inside.Add(1) > size {
					b.Error("more than there are places")
				}
				runtime.Gosched()
				inside.Add(-1)
				places.Release(1)
			}
		})
	})
}

// eachEvery measures with one write in so many operations, and so many goroutines.
func eachEvery(b *testing.B, every []int, measured func(b *testing.B, every, goroutines int)) {
	for _, e := range every {
		b.Run(strconv.Itoa(e), func(b *testing.B) {
			eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) { measured(b, e, count) })
		})
	}
}

func rwMutex(b *testing.B, work int) {
	eachEvery(b, []int{10, 100}, func(b *testing.B, every, count int) {
		var lock sync.RWMutex
		var first, second int
		var sum atomic.Uint64
		shared(b, count, func(_, operations int) {
			own, reads := seed, 0
			for range operations {
				if reads++; reads == every {
					reads = 0
					lock.Lock()
					first++
					second++
					lock.Unlock()
				} else {
					lock.RLock()
					seen := first
					own = steps(own, work)
					if second != seen {
						own = 0
					}
					lock.RUnlock()
				}
			}
			if own == 0 {
				b.Error("somebody wrote while somebody read")
			}
			sum.Add(own)
		})
		if first != second {
			b.Fatal("written", first, "and", second)
		}
	})
}

func BenchmarkRWMutexShort(b *testing.B) { rwMutex(b, 0) }

func BenchmarkRWMutexWork(b *testing.B) { rwMutex(b, 30) }

func BenchmarkCondBarrier(b *testing.B) {
	eachCount(b, []int{1, 8, 32}, func(b *testing.B, waiters int) {
		parties := waiters + 1
		var lock sync.Mutex
		full := sync.NewCond(&lock)
		arrived, round := 0, 0
		var group sync.WaitGroup
		for range parties {
			group.Go(func() {
				for range b.N {
					lock.Lock()
					mine := round
					if arrived++; arrived == parties {
						arrived = 0
						round++
						full.Broadcast()
					} else {
						for round == mine {
							full.Wait()
						}
					}
					lock.Unlock()
				}
			})
		}
		group.Wait()
		if round != b.N {
			b.Fatal(round, "rounds")
		}
	})
}

type once struct {
	once  sync.Once
	value *int
}

func (o *once) get() *int {
	o.once.Do(o.make)
	return o.value
}

func (o *once) make() { o.value = new(int) }

var intSink *int

func BenchmarkOnceDone(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	var o once
	o.get()
	for b.Loop() {
		intSink = o.get()
	}
}

func BenchmarkOnceDone_OnceValue(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	value := sync.OnceValue(func() *int { return new(int) })
	value()
	for b.Loop() {
		intSink = value()
	}
}

func BenchmarkOnceDone_OnceFunc(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	var value *int
	function := sync.OnceFunc(func() { value = new(int) })
	function()
	for b.Loop() {
		function()
		intSink = value
	}
}

type item struct {
	uses  int64
	taken bool
}

func pool(b *testing.B, held int) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var lock sync.Mutex
		var made []*item
		items := sync.Pool{New: func() any {
			i := new(item)
			lock.Lock()
			made = append(made, i)
			lock.Unlock()
			return i
		}}
		shared(b, count, func(_, uses int) {
			own := make([]*item, held)
			for done := 0; done < uses; done += held {
				some := own[:min(held, uses-done)]
				for k := range some {
					some[k] = items.Get().(*item)
				}
				for _, i := range some {
					i.uses++
					items.Put(i)
				}
			}
		})
		var uses int64
		for _, i := range made {
			uses += i.uses
		}
		if uses != int64(b.N) {
			b.Fatal("used", uses, "times")
		}
	})
}

func BenchmarkPoolGetPut(b *testing.B) { pool(b, 1) }

func BenchmarkPoolOverflow(b *testing.B) { pool(b, 100) }

func BenchmarkPoolStarvation(b *testing.B) {
	const taken, given = 100, 67
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		items := sync.Pool{New: func() any { return new(item) }}
		shared(b, count, func(_, uses int) {
			own := make([]*item, taken)
			for done := 0; done < uses; done += taken {
				for k := range own {
					own[k] = items.Get().(*item)
					if own[k].taken {
						b.Error("one item for two")
					}
					own[k].taken = true
				}
				for _, i := range own[:given] {
					i.taken = false
					items.Put(i)
				}
			}
		})
	})
}

func BenchmarkAtomicAdd(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var number, sum atomic.Int64
		shared(b, count, func(_, additions int) {
			var seen int64
			for range additions {
				seen += number.Add(1)
			}
			sum.Add(seen)
		})
		all := int64(b.N)
		if number.Load() != all || sum.Load() != all*(all+1)/2 {
			b.Fatal("came to", number.Load())
		}
	})
}

func BenchmarkAtomicValueLoad(b *testing.B) {
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		var value atomic.Value
		right := new(int)
		value.Store(right)
		var sum atomic.Int64
		shared(b, count, func(_, loads int) {
			seen := 0
			for range loads {
				if value.Load().(*int) == right {
					seen++
				}
			}
			sum.Add(int64(seen))
		})
		if sum.Load() != int64(b.N) {
			b.Fatal("seen", sum.Load())
		}
	})
}
