package bench

import (
	"context"
	"runtime"
	"testing"
)

const nodes = 100_000

// cancelTree cancels the root of a tree of so many contexts, which grow makes below it, once for that many iterations:
// figures are per context. Bytes are those of making the tree too, as in JMH's figures.
func cancelTree(b *testing.B, grow func(root context.Context, tree []context.Context)) {
	tree := make([]context.Context, nodes)
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for done := 0; done < b.N; done += nodes {
		b.StopTimer()
		root, cancel := context.WithCancel(context.Background())
		grow(root, tree)
		b.StartTimer()
		cancel()
		b.StopTimer()
		for _, node := range tree {
			if node.Err() == nil {
				b.Fatal("a context did not hear of the cancellation")
			}
		}
		b.StartTimer()
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N), "B/op")
}

func child(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	_ = cancel // its root's is enough
	return ctx
}

func BenchmarkCancelTree(b *testing.B) {
	b.Run("flat", func(b *testing.B) {
		cancelTree(b, func(root context.Context, tree []context.Context) {
			for i := range tree {
				tree[i] = child(root)
			}
		})
	})
	b.Run("1000x100", func(b *testing.B) {
		cancelTree(b, func(root context.Context, tree []context.Context) {
			head := root
			for i := range tree {
				if i%100 == 0 {
					head = child(root)
					tree[i] = head
				} else {
					tree[i] = child(head)
				}
			}
		})
	})
}

func BenchmarkCancelDeepTree(b *testing.B) {
	cancelTree(b, func(root context.Context, tree []context.Context) {
		parent := root
		for i := range tree {
			parent = child(parent)
			tree[i] = parent
		}
	})
}
