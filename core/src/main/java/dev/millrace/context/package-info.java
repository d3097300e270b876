/// Contexts: a tree that carries the end of work, its deadline and its request's data down to everything that is done
/// for it.
///
/// # The idea
///
/// A request starts work; that work starts more, in other goroutines and on other machines. When the client leaves or
/// the time is over, all of it should stop, soon, and without each part knowing the others. So every part is handed a
/// [Context]. Whoever needs a shorter deadline, a right to cancel, or one more value derives a child; nothing ever
/// changes a context but its end. Signals and values go down and never up: a child cannot end its parent, and two parts
/// do not talk through one.
///
/// Ending is not killing. A context that ends wakes what waits under it and says why; the work stops because it looks.
///
/// ```
/// background
/// └─ request 17              withCancel
///    ├─ page                 withTimeout 300 ms: ends with the request, or by itself
///    │  ├─ users.find        a goroutine under "page"
///    │  └─ orders.of         another
///    └─ audit                detach: the request's values, and not its end
/// ```
///
/// # Rules of use
///
///  1. A context is the first parameter, and is called `ctx`.
///  2. It is never null. Where none is handed down yet, say [Context#todo()]: a search finds it. [Context#background()]
///     is for main programs, start-up and tests.
///  3. It does not stand in a field: it belongs to a call and not to an object. An object that *is* a piece of running
///     work, such as a group, is the exception.
///  4. Values are for data of the request that crosses layers (an identity, a trace, a locale). What a method needs is
///     a parameter; what configures an object goes to its constructor.
///  5. Each value has a key of its own in a constant, [Context.Key]: keys are equal by identity, so nobody sets or
///     reads yours by accident. Keep it private, and offer methods, unless others shall set the value.
///  6. A context is safe for all goroutines at once. What you put into it must be so too.
///  7. Cancel as soon as the work is over, also when it went well: try-with-resources, as below. Until then the context
///     holds what it needs to be ended by its parent.
///  8. Whoever may not cancel gets no [CancellableContext]: hand them [Context#view()]. Goroutine bodies and group
///     tasks get views anyway.
///  9. Look at the context in loops ([Context#isDone()], [Context#check()]), and wait by the forms that take it.
///
/// No lint check enforces these yet.
///
/// # A whole example
///
/// <!-- region: First#program -->
/// ```java
/// import static java.time.Duration.ofMillis;
///
/// import dev.millrace.context.Context;
/// import dev.millrace.context.ContextException;
/// import dev.millrace.sync.WaitGroup;
///
/// class First {
///     public static void main(String[] args) {
///         var wg = new WaitGroup();
///         try (var ctx = Context.background().withName("demo").withTimeout(ofMillis(50))) {
///             wg.go(ctx, c -> count(c, "tick", 10));
///             wg.go(ctx, c -> count(c, "tock", 20));
///             wg.await();
///             System.out.println(ctx.err().getMessage());
///         }
///     }
///
///     static void count(Context ctx, String word, int millis) {
///         try {
///             for (int n = 1;; n++) {
///                 ctx.sleep(ofMillis(millis)); // a form that takes the context gives up when it ends
///                 System.out.println(word + " " + n);
///             }
///         } catch (ContextException e) {
///             System.out.println(word + ": " + e.getMessage());
///         }
///     }
/// }
/// ```
///
/// # How an end comes
///
/// There is one instant: before it a context is alive, from it on it is done for ever, with [Context#err()] and
/// [Context#cause()] set. A parent is done before its children. When a cancel returns, every context below is done,
/// also those that another thread was just cancelling. A cancel waits for no work, and runs no callback itself. The first
/// end wins; of two deadlines on one path the earlier holds. What is foreign joins by [ContextSource], and several
/// contexts by [Context#anyOf].
///
/// # Memory
///
///  - What happens before a cancel happens before everything that a thread does after it has seen the context done: by
///    a query, by a wait that ended, by an exception, or as an [AfterFunc]'s action.
///  - What an action of [Context#afterFunc] does happens before the return of the [AfterFunc#await()] or
///    [AfterFunc#close()] that waited for it.
///  - What happens before a context is derived is visible to whoever gets it in a proper way (as an argument, by
///    starting a goroutine, through a channel or a lock).
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `ctx, cancel := context.WithCancel(p); defer cancel()` | `try (var ctx = p.withCancel()) { … }` |
/// | `context.WithTimeout(p, d)`, `WithDeadlineCause(p, t, err)` | `p.withTimeout(d)`, `p.withDeadline(t, cause)` |
/// | `cancel(err)`, `context.Cause(ctx)` | `ctx.cancel(cause)`, `ctx.cause()` |
/// | `<-ctx.Done()`, `ctx.Err() != nil` | `ctx.awaitDone()`, `ctx.isDone()` |
/// | `context.WithValue(p, key, v)`, `ctx.Value(key).(T)` | `p.withValue(KEY, v)`, `ctx.value(KEY)` |
/// | `context.WithoutCancel(p)` | `p.detach()` |
/// | `stop := context.AfterFunc(ctx, f)` | `var stop = ctx.afterFunc(f)` |
///
/// The whole table, with what differs and why, is `docs/go-to-java.md`.
package dev.millrace.context;
