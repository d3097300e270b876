/// Locks and what else goroutines use to wait for each other when a channel is not the thing: the counterpart of Go's
/// `sync`, with forms that take a context.
///
/// # The idea
///
/// What belongs to one goroutine at a time needs a rule about whose turn it is. Handing it from one to the next is a
/// channel's affair (`dev.millrace.chan`). When it stays where it is and many come to it, it gets a lock:
///
///  - A [Mutex] is had by one goroutine at a time, an [RWMutex] by one writer or by many readers. Both are a [Locker].
///  - A [Cond] waits, with a lock held, until others say that something has changed.
///  - A [WeightedSemaphore] bounds what is done at once, by weight.
///  - A [WaitGroup] counts what is still to be done, and waits until that is nothing.
///  - A [Once] does something once, and lets all others wait until it is done. [OnceValue] keeps what came of it, or the
///    failure; [OnceFunc] and [OnceValues] are the same for no value and for two.
///  - A [SyncMap] is a map that many read and write at once, a [Pool] holds memory that somebody may need again.
///
/// Whoever waits here parks a goroutine, and no thread of the machine. Each wait has a form that takes a context and
/// gives up when that ends; the forms without one wait until it is their turn. A lock and a semaphore can also be cases
/// of a select: to be had or left, beside channels, contexts and timeouts. So can events: that a [WaitGroup] is
/// [done][WaitGroup#allDone()], that a [Once] or an [OnceValue] [is][OnceValue#done()]. Single numbers and references that many
/// change need no lock: `dev.millrace.atomic`. Work that is done once for all who ask at the same time is `SingleFlight`
/// in `dev.millrace.group`.
///
/// # Rules of use
///
///  1. Say at each field which lock guards it, and touch it only with that lock held, for reading too.
///  2. Prefer [Locker#holding(Section)] and [Locker#callHolding(ScopedValue.CallableOp)]: they cannot forget to unlock.
///     Otherwise `lock()`, `try`, `finally`, `unlock()`.
///  3. No lock is reentrant, and none has an owner: a method that locks calls none that locks the same; any goroutine may
///     unlock. Nobody goes from reading to writing without unlocking.
///  4. Lock several always in the same order. In debug mode a wrong one is logged, with the places.
///  5. Start with a [Mutex]. An [RWMutex] pays when readers are many, come at the same time, and keep the lock for long.
///  6. [Cond#awaitUntil(java.util.function.BooleanSupplier)], or `await` in a loop that asks again. Signal when exactly one
///     can go on and any of them will do; else broadcast. Where a channel does it, take that: it can stand in a select.
///  7. Tokens of a semaphore are given back by a [Permit], or in a `finally`. Ask for all that you need at once: two that
///     each hold a part wait for each other for ever.
///  8. Count a wait group up before the work starts, and never inside it, or the wait may be over before the work has been
///     counted. [WaitGroup#go(dev.millrace.go.Task)] does it right, and counts down however the task ends. A wait group
///     tells nobody what went wrong: for results and failures take a `TaskGroup`.
///  9. The body of a [Once] does not call its own Once. What may fail for a passing reason, such as a context that ends,
///     belongs into [OnceValue#retrying]: [OnceValue#of] remembers the failure for ever.
///  10. A [Pool] may forget what it holds at any moment, and closes nothing: it is for memory, not for connections.
///  11. A [SyncMap] fits keys that are written once and read often, or that belong to one goroutine each. When two keys
///      must fit each other, take a [Mutex] and a `HashMap`; for sizes, streams and `computeIfAbsent` a `ConcurrentHashMap`.
///
/// What Go calls fatal, such as the unlock of what is not locked, is a [SyncError] here, other misuse an exception. In all
/// cases the object is as it was. No lint check enforces these rules yet.
///
/// # An example
///
/// A map with a lock, and a wait for that lock that a message or the clock may end:
///
/// <!-- region: Locks#hits -->
/// ```java
/// private final Mutex mu = Mutex.named("hits");
/// private final Map<String, Integer> hits = new HashMap<>(); // guarded by mu
///
/// void hit(String page) {
///     mu.holding(() -> hits.merge(page, 1, Integer::sum)); // unlocks, however it ends
/// }
///
/// int hits(String page) {
///     return mu.callHolding(() -> hits.getOrDefault(page, 0));
/// }
/// ```
///
/// <!-- region: Locks#select -->
/// ```java
/// String report(Context ctx, ReceiveChan<String> stop) {
///     return Select.<String>first()
///             .lock(mu, () -> {
///                 try {
///                     return "hits: " + hits;
///                 } finally {
///                     mu.unlock();
///                 }
///             })
///             .receive(stop, why -> "no report: " + why)
///             .timeout(ofMillis(50), () -> "no report: too busy")
///             .run(ctx); // when ctx ends, nothing is locked
/// }
/// ```
///
/// A queue of jobs for any number of workers:
///
/// <!-- region: Locks#queue -->
/// ```java
/// /// Jobs for workers: a take waits for one, or until its context ends.
/// static final class Jobs {
///     private final Mutex mu = new Mutex();
///     private final Cond added = new Cond(mu);
///     private final Queue<String> jobs = new ArrayDeque<>(); // guarded by mu
///
///     void put(String job) {
///         mu.holding(() -> jobs.add(job));
///         added.signal(); // one job, one who wakes
///     }
///
///     String take(Context ctx) {
///         return mu.callHolding(ctx, () -> {
///             added.awaitUntil(ctx, () -> !jobs.isEmpty()); // gives the lock back while it waits
///             return jobs.remove();
///         });
///     }
/// }
/// ```
///
/// # Memory
///
///  - What happens before an unlock is visible after each later lock. A read lock sees what the writers before it did, and
///    a write lock comes after the unlocks of all readers before it. A `tryLock` that answers false tells nothing.
///  - A [Cond] adds nothing: what it makes visible is its lock's affair.
///  - What happens before a [WeightedSemaphore#release] is visible after the acquire that takes these tokens.
///  - What happens before a [WaitGroup#done()], and what a task of [WaitGroup#go(dev.millrace.go.Task)] does, happens
///    before the return of the `await` that it releases. What happens before `go` happens before the task.
///  - What the body of a [Once] does happens before each `run` that returns normally, and before [Once#isDone()] or
///    [Once#done()] say so. What the function of an [OnceValue] does is visible to all who get the value.
///  - What happens before a [Pool#put] is visible after the get that answers the item.
///  - What happens before a write of a key of a [SyncMap] is visible after a read that sees it.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `var mu sync.Mutex` | `var mu = new Mutex()`, `Mutex.named("hits")` |
/// | `mu.Lock(); defer mu.Unlock()` | `mu.holding(() -> …)`, `mu.callHolding(() -> …)`; or `mu.lock(); try { … } finally { mu.unlock(); }` |
/// | `mu.TryLock()` | `mu.tryLock()` |
/// | `sync.RWMutex`, `RLock`, `RUnlock`, `TryRLock`, `RLocker` | [RWMutex], `rLock`, `rUnlock`, `tryRLock`, `readLocker` |
/// | `sync.Locker` | [Locker], sealed |
/// | `var wg sync.WaitGroup`, `wg.Add(n)`, `wg.Done()`, `wg.Wait()` | `var wg = new WaitGroup()`, `wg.add(n)`, `wg.done()`, `wg.await()` |
/// | `wg.Go(f)` | `wg.go(() -> f())` |
/// | `var once sync.Once; once.Do(f)` | `var once = new Once(); once.run(() -> f())` |
/// | `sync.OnceFunc(f)`, `OnceValue(f)`, `OnceValues(f)` | `OnceFunc.of(f)`, `OnceValue.of(f)`, `OnceValues.of(f)` |
/// | `sync.NewCond(&mu)`, `c.L` | `new Cond(mu)`, `c.locker()` |
/// | `for !ready { c.Wait() }` | `c.awaitUntil(() -> ready)` |
/// | `c.Signal()`, `c.Broadcast()` | `c.signal()`, `c.broadcast()` |
/// | `sync.Pool{New: f}`, `p.Get()`, `p.Put(x)` | `Pool.of(() -> f())`, `p.get()`, `p.put(x)` |
/// | `var m sync.Map`, `v, ok := m.Load(k)` | `var m = new SyncMap<K, V>()`, `m.load(k)`, null when absent |
/// | `m.Store`, `LoadOrStore`, `LoadAndDelete`, `Delete`, `Swap`, `CompareAndSwap`, `CompareAndDelete`, `Range`, `Clear` | the same names, small |
/// | `semaphore.NewWeighted(n)`, `sem.Acquire(ctx, k)`, `sem.Release(k)` | `new WeightedSemaphore(n)`, `sem.acquire(ctx, k)`, `sem.release(k)`, or `sem.permit(ctx, k)` in a try |
/// | a wait that can be given up: not there, but for the semaphore | `mu.lock(ctx)`, `rw.rLock(ctx)`, `c.await(ctx)`, `wg.await(ctx)`, `once.run(ctx, …)` |
/// | a goroutine that waits and closes a channel, for a select | `wg.allDone()`, `once.done()`, `value.done()` as cases |
/// | copying a lock or a WaitGroup breaks it | nothing is copied: a reference is passed |
///
/// The whole table, with what differs and why, is `docs/go-to-java.md`.
package dev.millrace.sync;
