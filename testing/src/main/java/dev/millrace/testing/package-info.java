/// Tests of concurrent code that never sleep: virtual time, leaks and deadlocks.
///
/// **The idea.** Everything of this library waits, starts and reads the clock by one internal facility. A [Bubble] is another one of these, with a clock of its
/// own and a count of those who can run. So it knows when everybody waits, and then moves its clock, or says that nobody can go on. It needs no agent and no
/// flag, and does not change what runs outside of it.
///
/// **Rules of use.**
///
///  - Make what a test needs in the bubble. What was made outside may be used, but a wait for it is no rest; what was made inside must not be used outside.
///  - Wait by this library. A queue, a latch or a `Thread.sleep` of the JDK holds the bubble's clock.
///  - Let all goroutines end before the body does, or by `b.context()`. Who remains blocked is a leak, and fails the test.
///  - Ask for the time with [Bubble#now()] and by contexts, alarms and tickers; `Instant.now()` is real.
///
/// **What happens before what.** What a goroutine did before it came to rest happens before the return of an [Bubble#await()] that
/// waited for that; what any goroutine did, before `Bubble.run` returns.
///
/// **From Go.**
///
/// | Go | here |
/// |---|---|
/// | `synctest.Test(t, f)` | [Bubble#run] |
/// | `synctest.Wait()` | [Bubble#await] |
/// | `synctest.Sleep(d)` | [Bubble#sleep] |
/// | `time.Now()` | [Bubble#now] |
/// | `t.Context()`, `t.Cleanup(f)` | [Bubble#context], [Bubble#cleanup] |
package dev.millrace.testing;
