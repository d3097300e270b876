package dev.millrace.context;

import org.jspecify.annotations.Nullable;

/// A context together with the right to cancel it. Whoever derives one closes it when its work is over: that cancels it and
/// frees what it holds. `try (var ctx = parent.withCancel()) { … }` is Go's `defer cancel()`.
///
/// **Cancelling** ends the context and everything below it: when a cancel returns, all descendants are done, also when
/// another thread is cancelling at the same time. Only the first end counts; a later cancel changes nothing. It never blocks
/// for what runs under the context, calls no code of users, and is no point of cancellation; any thread may call it.
///
/// Do not hand it to code that must not cancel: give that [#view()]. Goroutine bodies, group tasks and
/// [Context#current()] get views.
public sealed interface CancellableContext extends Context, AutoCloseable permits CancelContext {
    /// Ends the context.
    void cancel();

    /// Ends the context with `cause` as its [#cause()]; null for none.
    void cancel(@Nullable Throwable cause);

    /// Ends the context for a reason in words: its cause is a [CancelledException] with that message.
    void cancel(String reason);

    /// Ends the context, as [#cancel()] does.
    @Override
    void close();
}
