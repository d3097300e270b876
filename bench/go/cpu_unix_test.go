//go:build unix

package bench

import (
	"syscall"
	"testing"
)

// reportCPU notes the process's CPU time from now until what it answers is called.
func reportCPU(b *testing.B) func() {
	before := cpuNanos()
	return func() {
		b.ReportMetric(float64(cpuNanos()-before)/float64(b.N), "cpu-ns/op")
	}
}

func cpuNanos() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
