package bench

import (
	"context"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"
)

const tasks = 1_000

func BenchmarkGroup1000(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	for range b.N {
		group, _ := errgroup.WithContext(context.Background())
		for range tasks {
			group.Go(func() error { return nil })
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGroup1000_WaitGroup(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	for range b.N {
		spawnJoin(tasks)
	}
}

func BenchmarkSpawnJoin100k(b *testing.B) { spawnJoinPerGoroutine(b, 100_000) }

func BenchmarkSpawnJoin1M(b *testing.B) { spawnJoinPerGoroutine(b, 1_000_000) }

func spawnJoinPerGoroutine(b *testing.B, count int) {
	b.ReportAllocs()
	defer observe(b)()
	for done := 0; done < b.N; done += count {
		spawnJoin(count)
	}
}

func spawnJoin(count int) {
	var group sync.WaitGroup
	for range count {
		group.Go(func() {})
	}
	group.Wait()
}
