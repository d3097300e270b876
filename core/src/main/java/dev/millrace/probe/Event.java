package dev.millrace.probe;

import dev.millrace.context.CancelRecord;
import org.jspecify.annotations.Nullable;

/// Something that has just happened. Contexts are told apart by numbers, which are given when a probe first sees them.
public sealed interface Event {
    /// A goroutine begins to run.
    ///
    /// @param goroutine its number
    /// @param name its name; empty when it has none
    /// @param creator the number of the thread that started it
    record GoroutineStarted(long goroutine, String name, long creator) implements Event {}

    /// A goroutine has ended.
    ///
    /// @param goroutine its number
    /// @param name its name; empty when it has none
    /// @param failure what left its body; null when nothing did
    record GoroutineEnded(long goroutine, String name, @Nullable Throwable failure) implements Event {}

    /// A thread parks. See [Probe#onWait] for who wants to see the wait as one thing.
    ///
    /// @param thread its number
    /// @param waitsFor the object that it waits for, such as a wait group; its text says what for. Do not keep it
    record WaitStarted(long thread, Object waitsFor) implements Event {}

    /// A thread's wait is over.
    ///
    /// @param thread its number
    /// @param waitsFor the same object as in [WaitStarted]. Do not keep it
    record WaitEnded(long thread, Object waitsFor) implements Event {}

    /// A context that can end was derived.
    ///
    /// @param context its number
    /// @param name its name; empty when it has none
    /// @param parent the number of the nearest one above that can end; 0 when there is none
    record ContextMade(long context, String name, long parent) implements Event {}

    /// A context was marked as ended. Parents come before their children. Those that nobody waits under are marked when
    /// somebody asks them.
    ///
    /// @param context its number
    /// @param name its name; empty when it has none
    /// @param end who ended it, when and why
    record ContextEnded(long context, String name, CancelRecord end) implements Event {}

    /// A context was ended by itself, not with its parent, and everybody below has been told. Comes after its [ContextEnded] and those
    /// of all below. Not told of one that was cancelled without a cause when nobody was left to hear of it: the close of what is finished.
    ///
    /// @param name its name; empty when it has none
    /// @param end who ended it, when and why
    /// @param contexts how many contexts below were told; those that nobody waits under notice it when they are asked, and are not counted
    /// @param others how many waits, callbacks and bridges to an interrupt were told
    record Cancelled(String name, CancelRecord end, int contexts, int others) implements Event {}
}
