/// Tasks for one purpose, started together and waited for together: Go's errgroup, with results.
///
/// # The idea
///
/// Work that was split up has one outcome. A [TaskGroup] gives its tasks a context of their own, waits for all of them,
/// and throws what went wrong; the first failure cancels the others. When its block is over, nothing that was started
/// in it still runs. Built on it: [Race] (the first success), [Quorum] (the first k successes), [Harvest] (what is
/// ready in time). Beside it stands [SingleFlight]: one execution for all who want the same at the same time.
///
/// # Rules of use
///
///  1. Open a group in a try-with-resources. Its `close()` cancels what is left and waits for it.
///  2. Call [TaskGroup#join()] before you read results.
///  3. Let the tasks use the context that they are given, and not the one outside: only that ends with the first
///     failure.
///  4. Tasks must heed their context, or the group waits for them: nothing can stop a thread that does not look.
///     `group.context().stopReport()` says who is late, and where.
///  5. Do not join or close a group within one of its own tasks: it would wait for itself, and is refused.
///  6. A failure is thrown as it is, not wrapped; the later ones are its suppressed ones. One that no join has thrown
///     is thrown by `close()`: none is lost.
///  7. A body of a [SingleFlight] uses the context that it is given: only that ends when nobody waits any more.
///  8. Values and failures of a flight are shared: do not change them.
///
/// # An example
///
/// <!-- region: Pages#page -->
/// ```java
/// // A deadline for everything below, released when the block ends.
/// Page page(Context parent, long id) throws Exception {
///     try (var ctx = parent.withTimeout(ofMillis(300));
///             var group = TaskGroup.open(ctx)) {
///         var user = group.fork(c -> shop.user(c, id));
///         var orders = group.fork(c -> shop.ordersOf(c, id));
///         group.join(); // the first failure cancels the other task, and is thrown here as it is
///         return new Page(user.get(), orders.get());
///     } // nothing that was started in here still runs
/// }
/// ```
///
/// # Memory
///
///  - What happens before a task is started happens before the task.
///  - What a task does happens before the return of the join or close that waited for it, and before the return of
///    [Forked#get()] with its result.
///  - What a task does before it throws the first failure is visible to those who see the group's context done for it.
///  - What the body of a flight does happens before the return of each `run` that gets its outcome, and before the receive
///    of it.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `g, ctx := errgroup.WithContext(p)` | `try (var g = TaskGroup.open(p)) { … }`, and `g.context()` |
/// | `g.Go(func() error { … })` | `g.go(c -> …)`; an error is what is thrown |
/// | `err := g.Wait()` | `g.join()`, which throws it |
/// | `g.SetLimit(n)`, `g.TryGo(f)` | `g.limit(n)`, `g.tryGo(c -> …)` |
/// | results through captured variables | `var r = g.fork(c -> …)`, and `r.get()` after the join |
/// | a panic in a task ends the process | it is a failure like any other |
/// | `v, err, shared := g.Do(key, fn)` of a `singleflight.Group` | [SingleFlight#run], a [Flown]; [SingleFlight#get] for the value |
/// | `g.DoChan(key, fn)`, `g.Forget(key)` | [SingleFlight#start], a channel of one [Landed]; [SingleFlight#forget] |
/// | `new(errgroup.Group)`: failures cancel nobody | [TaskGroup.Mode#COLLECT_ALL], which also keeps them all |
package dev.millrace.group;
