/// Single values that many threads change at once without a lock: numbers, a truth value, references.
///
/// # The idea
///
/// Each object holds one value, and each of its operations happens as a whole, at one instant: nobody sees half of it, and
/// nothing comes between its reading and its writing. That is enough for counters, flags, sequence numbers, and for a
/// configuration that is replaced as a whole. It is not enough as soon as two values must fit each other: put both into one
/// immutable object behind a [Pointer], or take a lock or a channel.
///
/// # Rules of use
///
///  1. Prefer a lock, a channel or a `WaitGroup` until you know why not: an algorithm of several atomic steps is hard to
///     get right.
///  2. What `load` has answered may be old by the time you look at it. To decide and change in one step, take
///     `compareAndSwap`, in a loop that begins again with a fresh `load`.
///  3. `add` answers the **new** value; `swap`, `and` and `or` the **old** one, as in Go.
///  4. A [Pointer] compares objects, a [Value] compares by `equals`.
///  5. A counter that many processors raise all the time and somebody reads now and then is faster as a
///     [java.util.concurrent.atomic.LongAdder].
///
/// # An example
///
/// <!-- region: Atomics#counter -->
/// ```java
/// var served = new Int64();
/// var most = new Int64();
/// var wg = new WaitGroup();
/// for (int i = 0; i < 100; i++) {
///     int size = i;
///     wg.go(() -> {
///         served.add(1);
///         for (long now = most.load(); size > now && !most.compareAndSwap(now, size); now = most.load()) {
///             Thread.onSpinWait(); // another one was faster: look again
///         }
///     });
/// }
/// wg.await();
/// return served + " requests, the largest " + most;
/// ```
///
/// A configuration that is replaced while others read it:
///
/// <!-- region: Atomics#config -->
/// ```java
/// record Limits(int connections, Duration timeout) {}
///
/// private final Pointer<Limits> limits = new Pointer<>(new Limits(10, ofSeconds(1)));
///
/// void allow(int connections) {
///     limits.update(old -> new Limits(connections, old.timeout())); // may run again, so it only computes
/// }
///
/// String text() {
///     var now = limits.load(); // once: both fields are of one version
///     return now.connections() + " for " + now.timeout().toMillis() + " ms";
/// }
/// ```
///
/// # Memory
///
/// All operations have the effects of volatile accesses: they happen in one order in which everybody sees them, and what a
/// thread has done before an operation is visible to whoever sees that operation's value. A `compareAndSwap` that answers false
/// is a read.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `atomic.Int32`, `Int64`, `Bool`, `Pointer[T]`, `Value` | [Int32], [Int64], [Bool], [Pointer], [Value] |
/// | `atomic.Uint32` | [Uint32]; what it answers is a `long` that is never negative |
/// | `atomic.Uint64`, `atomic.Uintptr` | [Uint64]; a `long` carries the bits |
/// | `x.Load()`, `x.Store(v)`, `x.Swap(v)`, `x.CompareAndSwap(a, b)` | `x.load()`, `x.store(v)`, `x.swap(v)`, `x.compareAndSwap(a, b)` |
/// | `x.Add(d)`, `x.And(m)`, `x.Or(m)` | `x.add(d)`, `x.and(m)`, `x.or(m)` |
/// | `atomic.AddInt64(&s.n, 1)` and the like on plain variables | not offered: a Java field has no address. Make the field an [Int64], or take a [java.lang.invoke.VarHandle] to it |
/// | `unsafe.Pointer` | [Pointer] |
package dev.millrace.atomic;
