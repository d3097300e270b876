package dev.millrace.internal;

import dev.millrace.go.Until;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Holds threads at the end of a wait, before they know what has come of it: so what may happen between the instant at which a
/// wait is decided and the waiter's next step comes about for certain, whatever else the machine does.
///
/// A thread is held only at the end of waits that it began after [#install()].
public class WakeGate extends Tap {
    private final Map<Thread, Semaphore> held = new ConcurrentHashMap<>();
    private final Map<Thread, Boolean> inside = new ConcurrentHashMap<>();

    public final void install() {
        Tap.set(this);
    }

    /// Lets everybody go on, and holds nobody any more.
    public final void remove() {
        open();
        Tap.set(null);
    }

    /// From now on `thread` is held at the end of each wait.
    public final void hold(Thread thread) {
        held.put(thread, new Semaphore(0));
    }

    /// From now on `thread`, which is not held now, is held no more.
    public final void letGo(Thread thread) {
        held.remove(thread);
    }

    public final boolean isHeld(Thread thread) {
        return inside.containsKey(thread);
    }

    public final void awaitHeld(Thread thread) throws Exception {
        Until.until("it was woken", () -> isHeld(thread));
    }

    /// Lets `thread`, which is held or will be, go on.
    public final void pass(Thread thread) {
        held.get(thread).release();
    }

    /// Lets everybody go on from now on.
    public final void open() {
        held.values().forEach(s -> s.release(1_000));
    }

    @Override
    public final void waitEnded(Thread thread, Object blocker, Object started) {
        Semaphore pass = held.get(thread);
        if (pass != null) {
            inside.put(thread, true);
            pass.acquireUninterruptibly();
            inside.remove(thread);
        }
    }

    @Override
    public Object waitStarted(Thread thread, Object blocker) {
        return null;
    }

    @Override
    public void goroutineStarted(Goroutine goroutine) {}

    @Override
    public void goroutineEnded(Goroutine goroutine, Throwable failure) {}

    @Override
    public void contextMade(Node node) {}

    @Override
    public void contextEnded(Node node, Ending ending) {}

    @Override
    public void ended(Node node, Ending ending, int contexts, int others) {}
}
