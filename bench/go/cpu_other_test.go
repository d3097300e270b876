//go:build !unix

package bench

// cpuNanos knows nothing here.
func cpuNanos() int64 { return 0 }
