/// Waiting for each other. So far: [WaitGroup].
///
/// # The idea
///
/// A [WaitGroup] counts what is still to be done, and lets any number of threads wait until that is nothing.
///
/// # Rules of use
///
///  1. Count up before the work starts, and never inside it: or the wait may be over before the work has been counted.
///     [WaitGroup#go(dev.millrace.go.Task)] does both in the right order, and counts down however the task ends.
///  2. A wait group tells nobody what went wrong. For results and failures take a `TaskGroup`.
///  3. Bringing the counter below 0 is a mistake in the program: it throws, and the counter stays as it was.
///  4. `await()` knows no context, as in Go; `await(ctx)` gives up when the context ends.
///
/// # An example
///
/// <!-- region: Table#waitgroup -->
/// ```java
/// var sum = new AtomicInteger();
/// var wg = new WaitGroup();
/// for (int i = 1; i <= 3; i++) {
///     int n = i; // a Java lambda captures values that do not change
///     wg.go(() -> sum.addAndGet(n));
/// }
/// wg.await();
/// return sum.get();
/// ```
///
/// # Memory
///
/// What happens before a [WaitGroup#done()], and what a task of [WaitGroup#go(dev.millrace.go.Task)] does, happens
/// before the return of the `await` that it releases. What happens before `go` happens before the task.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `var wg sync.WaitGroup` | `var wg = new WaitGroup()` |
/// | `wg.Add(n)`, `wg.Done()`, `wg.Wait()` | `wg.add(n)`, `wg.done()`, `wg.await()` |
/// | `wg.Go(f)` | `wg.go(() -> f())` |
/// | copying a WaitGroup breaks it | nothing is copied: a reference is passed |
/// | `Mutex`, `RWMutex`, `Once`, `Cond`, `Pool`, `Map` | not there yet |
package dev.millrace.sync;
