/// Goroutines: virtual threads that carry a context.
///
/// # The idea
///
/// Starting something at the same time should cost one word. [Go#go(Task)] starts a body on a virtual thread of its own
/// and returns at once. The goroutine has no handle: nobody joins it, nobody stops it from outside. Who wants to wait
/// uses a `WaitGroup` or, better, a `TaskGroup`; who wants to stop it cancels its context.
///
/// # Rules of use
///
///  1. Before you start a goroutine, know how it ends: by returning, or by its context.
///  2. Prefer the forms with a context, [Go#go(dev.millrace.context.Context, ContextTask)]. The body gets a view of the
///     context, and the same is [dev.millrace.context.Context#current()] there. The plain forms take the current
///     context along.
///  3. Prefer a group to a bare goroutine: a group waits for its tasks and hands back what they throw.
///  4. A failure that leaves a bare goroutine goes to the [FailurePolicy] of the process: it is reported and does not
///     end anything, unless the policy says so. To recover is to catch.
///  5. [Go#exit()] unwinds by an error: do not catch [Throwable] without throwing it again.
///  6. Goroutines inherit no thread-locals and no context class loader. What must travel is a value of the context, or
///     is carried by a [SpawnHook].
///  7. A blocking call of the JDK knows no context. [Interruptible] lets the context's end interrupt it; read there
///     what an interrupt closes.
///  8. A loop that computes for ever keeps its carrier thread: virtual threads are not preempted. Look at the context,
///     or call [Go#yield()].
///
/// # An example
///
/// <!-- region: Table#interruptible -->
/// ```java
/// try (var ctx = parent.withTimeout(ofMillis(50))) {
///     return Interruptible.call(ctx, queue::take); // the end of ctx interrupts take(), and nothing after it
/// } catch (ContextException e) {
///     return "nothing came";
/// }
/// ```
///
/// A whole program stands in the comment of [dev.millrace.context].
///
/// # Memory
///
///  - What happens before `go` happens before the body.
///  - The end of a goroutine makes nothing visible by itself: wait by something that says so (a group, a wait group, a
///    context, a lock).
///  - What a [SpawnHook] captures happens before it is installed.
///
/// # Looking at it
///
/// [Go#goroutines()] lists those that live, with what each waits for and its stack. [Go#scheduler()] answers the
/// scheduler's facts; all of them with the module `dev.millrace.jvm` on the path, else only the parallelism.
///
/// [Goroutines#dump()] writes all of them and main as Go does, as JSON, or below their contexts. [Goroutines#waitGraph()] says who waits for
/// whom, and which wait only for each other, as far as that can be known. [Goroutines#watch] reports a program that is
/// asleep as a whole, and waits that last too long; `-Ddev.millrace.watch=true` does the former from the start.
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `go f(x)` | `go(() -> f(x))`, with a static import of [Go#go(Task)] |
/// | `defer`, `recover()` | `finally` or try-with-resources, `catch` |
/// | an uncaught panic ends the process | a choice: [FailurePolicy#report()] (the default), `crash()`, a handler |
/// | `runtime.Goexit()`, `runtime.Gosched()` | [Go#exit()], [Go#yield()] |
/// | `runtime.NumGoroutine()`, `runtime.NumCPU()` | [Go#numGoroutine()] (main is none), [Go#numCpu()] |
/// | `fatal error: all goroutines are asleep - deadlock!` | a choice: [Goroutines#watch], with the crash policy as in Go |
/// | the dump on `SIGQUIT`, the goroutine profile | [Goroutines#dump()]; on a signal by `dev.millrace.jvm` |
/// | `pprof.Do(ctx, pprof.Labels("k", "v"), f)`, `pprof.WithLabels` | [Labels#run], [Labels#with]; shown in dumps and events |
/// | `runtime.GOMAXPROCS(n)` | [Go#maxProcs(int)]; setting it needs `dev.millrace.jvm` |
/// | the end of main ends the process | the end of the last thread that is not a daemon does; goroutines are daemons |
package dev.millrace.go;
