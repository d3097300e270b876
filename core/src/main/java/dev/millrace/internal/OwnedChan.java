package dev.millrace.internal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A channel of a bubble: every operation looks first who calls. (Cases of a select are looked at by that.)
///
/// A class of its own, and named by [ChanCore] in one method that makes it: as long as it is not loaded the JVM knows that a
/// channel is a [ChanCore] and nothing else, and production's operations ask nothing.
final class OwnedChan extends ChanCore {
    private OwnedChan(Scheduler owner, int places, Overflow overflow, String name, Consumer<Object> undelivered) {
        super(owner, places, overflow, name, undelivered);
    }

    private OwnedChan(Scheduler owner, String name, long nanos, long period) {
        super(owner, name, nanos, period);
    }

    static ChanCore owned(Scheduler owner, int places, Overflow overflow, String name, Consumer<Object> undelivered) {
        return new OwnedChan(owner, places, overflow, name, undelivered);
    }

    static ChanCore owned(Scheduler owner, String name, long nanos, long period) {
        return new OwnedChan(owner, name, nanos, period);
    }

    @Override
    public @Nullable Object send(@Nullable Node node, Object item) {
        Owner.check(scheduler, "send on", this);
        return super.send(node, item);
    }

    @Override
    public @Nullable Object trySend(Object item) {
        Owner.check(scheduler, "send on", this);
        return super.trySend(item);
    }

    @Override
    public Object receive(@Nullable Node node) {
        Owner.check(scheduler, "receive on", this);
        return super.receive(node);
    }

    @Override
    public @Nullable Object tryReceive() {
        Owner.check(scheduler, "receive on", this);
        return super.tryReceive();
    }

    @Override
    public @Nullable Closure close(Closure how) {
        Owner.check(scheduler, "close of", this);
        return super.close(how);
    }

    @Override
    public boolean abandon(Closure how) {
        Owner.check(scheduler, "abandon of", this);
        return super.abandon(how);
    }
}
