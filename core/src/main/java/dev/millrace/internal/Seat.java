package dev.millrace.internal;

/// The place of one goroutine under a scheduler that counts who can run: [Goroutine#seat()]. In production there is none.
///
/// A thread that has one publishes it, in place of the mark of those who park, in the waiter in which it parks. So whoever wakes it finds it
/// there, and tells it before and after.
///
///  - [#blocked()] is called after the thread has published that it parks, and before it parks.
///  - [#unblocking()] is called before the waiter can see its outcome, [#withdrawn()] when somebody else was faster. So a count of
///    those who can run is never too low, and when it is 0 everybody waits.
public abstract class Seat {
    /// For implementations.
    protected Seat() {}

    /// The goroutine has come to wait. On its own thread, outside all locks; may take as long as it likes, and the goroutine may be
    /// woken meanwhile. Must not throw.
    protected abstract void blocked();

    /// The goroutine is about to be woken. On any thread, perhaps under the spin lock of what it waits for.
    protected abstract void unblocking();

    /// It was not: somebody else was faster. As before.
    protected abstract void withdrawn();

    /// It has been claimed, and will go on. As before.
    protected void unblocked() {}

    /// The wait is over. On its own thread, outside all locks; whatever it does next happens after this.
    protected void resumed() {}

    /// Its thread, which waits and would give that up, was interrupted, and is about to clear the interrupt status. True when the scheduler will end the wait itself
    /// ([Waiter#INTERRUPTED]). On its own thread.
    protected boolean takesInterrupt() {
        return false;
    }
}
