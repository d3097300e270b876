package bench

import (
	"sync"
	"sync/atomic"
	"testing"
)

// What the JVM's shapes do in SharedMap.java and MapOperation.java.

const (
	mapSize    = 1_024
	mapKeys    = 100_000
	mapActions = 2 * mapKeys
)

// boxed answers that many numbers as values of an interface, so that nobody makes those later.
func boxed(count int) []any {
	keys := make([]any, count)
	for i := range keys {
		keys[i] = i
	}
	return keys
}

func BenchmarkSyncMapLoad(b *testing.B) {
	keys := boxed(mapSize)
	eachEvery(b, []int{10, 1000}, func(b *testing.B, every, count int) {
		var m sync.Map
		for _, key := range keys {
			m.Store(key, key)
		}
		var found, stored atomic.Int64
		b.ResetTimer()
		shared(b, count, func(number, operations int) {
			at, loads, right := number*31, 0, 0
			for range operations {
				at = (at + 7) & (mapSize - 1)
				if loads++; loads == every {
					loads = 0
					m.Store(keys[at], keys[at])
				} else if value, _ := m.Load(keys[at]); value.(int) == at {
					right++
				}
			}
			found.Add(int64(right))
			stored.Add(int64(operations / every))
		})
		if found.Load()+stored.Load() != int64(b.N) {
			b.Fatal("found", found.Load())
		}
	})
}

// To be run with a multiple of mapActions.
func BenchmarkSyncMapLoadOrStore(b *testing.B) {
	keys := boxed(mapKeys)
	eachCount(b, []int{1, 2, 8, 100}, func(b *testing.B, count int) {
		for done := 0; done < b.N; done += mapActions {
			var m sync.Map
			var found atomic.Int64
			var group sync.WaitGroup
			each := mapKeys / count
			for i := range count {
				group.Go(func() {
					loaded := 0
					for _, key := range keys[i*each : (i+1)*each] {
						for range 2 {
							if _, there := m.LoadOrStore(key, key); there {
								loaded++
							}
						}
					}
					found.Add(int64(loaded))
				})
			}
			group.Wait()
			if found.Load() != mapKeys {
				b.Fatal("found", found.Load())
			}
		}
	})
}

// What Go's own benchmarks do with a map, by two goroutines. Each is given a new map with so many keys, and the first of its operations;
// it answers how many of them did something. To be run with a multiple of mapActions.
var mapOperations = []struct {
	name   string
	filled int
	least  int // of mapActions
	loop   func(m *sync.Map, keys []any, first, count int) int
}{
	{"LoadMostlyHits", mapSize - 1, mapActions - mapActions/mapSize - 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, found := m.Load(keys[i%mapSize]); found {
				good++
			}
		}
		return good
	}},
	{"LoadMostlyMisses", 1, mapActions / mapSize, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, found := m.Load(keys[i%mapSize]); found {
				good++
			}
		}
		return good
	}},
	{"LoadOrStoreBalanced", 128, mapActions/2 - 128, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			key := keys[i]
			if i%256 < 128 {
				key = keys[i%256]
			}
			if _, loaded := m.LoadOrStore(key, key); loaded {
				good++
			}
		}
		return good
	}},
	{"LoadOrStoreUnique", 0, 0, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, loaded := m.LoadOrStore(keys[i], keys[i]); loaded {
				good++
			}
		}
		return good
	}},
	{"LoadOrStoreCollision", 1, mapActions, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, loaded := m.LoadOrStore(keys[0], keys[0]); loaded {
				good++
			}
		}
		return good
	}},
	{"LoadAndDeleteBalanced", 128, 128, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			key := keys[i]
			if i%256 < 128 {
				key = keys[i%256]
			}
			if _, loaded := m.LoadAndDelete(key); loaded {
				good++
			}
		}
		return good
	}},
	{"LoadAndDeleteUnique", 0, 0, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, loaded := m.LoadAndDelete(keys[i]); loaded {
				good++
			}
		}
		return good
	}},
	{"LoadAndDeleteCollision", 1, 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, loaded := m.LoadAndDelete(keys[0]); loaded {
				m.Store(keys[0], keys[0])
				good++
			}
		}
		return good
	}},
	{"Range", mapSize, mapActions / mapSize * mapSize, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if i%mapSize == 0 {
				m.Range(func(_, _ any) bool {
					good++
					return true
				})
			}
		}
		return good
	}},
	{"AdversarialAlloc", 0, 0, func(m *sync.Map, keys []any, first, count int) int {
		good, stores, loads := 0, 0, 0
		for i := first; i < first+count; i++ {
			if _, found := m.Load(keys[i]); found {
				good++
			}
			if loads++; loads > stores {
				m.LoadOrStore(keys[i], keys[i])
				loads = 0
				stores++
			}
		}
		return good
	}},
	{"AdversarialDelete", mapSize, 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, found := m.Load(keys[i]); found {
				good++
			}
			if i%mapSize == 0 {
				m.Range(func(key, _ any) bool {
					m.Delete(key)
					return false
				})
				m.Store(keys[i], keys[i])
			}
		}
		return good
	}},
	{"DeleteCollision", 1, mapActions, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			m.Delete(keys[0])
			good++
		}
		return good
	}},
	{"SwapCollision", 1, mapActions, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if _, loaded := m.Swap(keys[0], keys[0]); loaded {
				good++
			}
		}
		return good
	}},
	{"SwapMostlyHits", mapSize - 1, mapActions - mapActions/mapSize - 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if at := i % mapSize; at < mapSize-1 {
				if _, loaded := m.Swap(keys[at], keys[at]); loaded {
					good++
				}
			} else {
				m.Swap(keys[i], keys[i])
				m.Delete(keys[i])
			}
		}
		return good
	}},
	{"SwapMostlyMisses", 1, mapActions / mapSize, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if at := i % mapSize; at < 1 {
				if _, loaded := m.Swap(keys[at], keys[at]); loaded {
					good++
				}
			} else {
				m.Swap(keys[i], keys[i])
				m.Delete(keys[i])
			}
		}
		return good
	}},
	{"CompareAndSwapCollision", 1, 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if m.CompareAndSwap(keys[0], keys[0], keys[42]) {
				good++
				m.CompareAndSwap(keys[0], keys[42], keys[0])
			}
		}
		return good
	}},
	{"CompareAndSwapNoExistingKey", 0, 0, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if m.CompareAndSwap(keys[i], keys[0], keys[0]) {
				good++
				m.Delete(keys[i])
			}
		}
		return good
	}},
	{"CompareAndSwapValueNotEqual", 1, 0, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if m.CompareAndSwap(keys[0], keys[1], keys[2]) {
				good++
			}
		}
		return good
	}},
	{"CompareAndSwapMostlyHits", mapSize - 1, mapActions - mapActions/mapSize - 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			key := keys[i]
			if at := i % mapSize; at < mapSize-1 {
				key = keys[at]
			}
			if m.CompareAndSwap(key, key, key) {
				good++
			}
		}
		return good
	}},
	{"CompareAndSwapMostlyMisses", 1, mapActions / mapSize, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			key := keys[i]
			if at := i % mapSize; at < 1 {
				key = keys[at]
			}
			if m.CompareAndSwap(key, key, key) {
				good++
			}
		}
		return good
	}},
	{"CompareAndDeleteCollision", 1, 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			if m.CompareAndDelete(keys[0], keys[0]) {
				m.Store(keys[0], keys[0])
				good++
			}
		}
		return good
	}},
	{"CompareAndDeleteMostlyHits", mapSize - 1, mapActions / 2, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			key := keys[i]
			if at := i % mapSize; at < mapSize-1 {
				key = keys[at]
			}
			if m.CompareAndDelete(key, key) {
				m.Store(key, key)
				good++
			}
		}
		return good
	}},
	{"CompareAndDeleteMostlyMisses", 1, 1, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			key := keys[i]
			if at := i % mapSize; at < 1 {
				key = keys[at]
			}
			if m.CompareAndDelete(key, key) {
				m.Store(key, key)
				good++
			}
		}
		return good
	}},
	{"Clear", 0, mapActions, func(m *sync.Map, keys []any, first, count int) int {
		good := 0
		for i := first; i < first+count; i++ {
			m.Clear()
			m.Store(keys[i%256], keys[i%256])
			good++
		}
		return good
	}},
}

func BenchmarkSyncMapOps(b *testing.B) {
	const goroutines = 2
	keys := boxed(mapActions)
	for _, operation := range mapOperations {
		b.Run(operation.name, func(b *testing.B) {
			b.ReportAllocs()
			defer observe(b)()
			for done := 0; done < b.N; done += mapActions {
				var m sync.Map
				for _, key := range keys[:operation.filled] {
					m.Store(key, key)
				}
				var good atomic.Int64
				var group sync.WaitGroup
				each := mapActions / goroutines
				for i := range goroutines {
					group.Go(func() { good.Add(int64(operation.loop(&m, keys, i*each, each))) })
				}
				group.Wait()
				if good.Load() < int64(operation.least) {
					b.Fatal(good.Load(), "operations did something, at least", operation.least, "should")
				}
			}
		})
	}
}
