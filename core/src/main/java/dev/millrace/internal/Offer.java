package dev.millrace.internal;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One case of a select: what it asks for, and afterwards what came of it. Belongs to one [SelectCore] and its thread; its
/// links, `item` and `closed` also to whoever holds the lock of the queue in which it stands.
public final class Offer extends Party {
    final int index;
    final @Nullable Selectable target; // null: the case is an event, or nothing that can ever happen
    final boolean sending;
    final boolean reads; // of a lock: for reading
    final @Nullable Node event;
    @Nullable Ear ear; // while it listens to the event
    boolean enabled = true;
    int seen; // the target's stamp at the last look that found it not ready; odd: attempted in vain
    boolean closed; // the partner can no longer come
    private final SelectCore core;
    private @Nullable BooleanSupplier over;
    private @Nullable Waiter waiter;

    Offer(SelectCore core, int index, @Nullable Selectable target, boolean sending, boolean reads,
            @Nullable Node event) {
        this.core = core;
        this.index = index;
        this.target = target;
        this.sending = sending;
        this.reads = reads;
        this.event = event;
    }

    @Override
    void hear(Walk walk) {
        throw new AssertionError("an offer stands in no node's list");
    }

    @Override
    int settle(Object outcome) {
        closed = outcome == Waiter.CLOSED;
        return waiter().decide(this);
    }

    @Override
    Waiter waiter() {
        if (waiter == null) {
            throw new AssertionError("not queued");
        }
        return waiter;
    }

    @Override
    boolean mayRetry() {
        return false;
    }

    void begin(Waiter waiter) {
        this.waiter = waiter;
    }

    /// Forgets what came of it.
    void forget() {
        waiter = null;
        closed = false;
        if (!sending) {
            item = null;
        }
    }

    /// The place of the case in its select.
    public int index() {
        return index;
    }

    /// What was received, or what is to be sent.
    public @Nullable Object item() {
        return item;
    }

    /// Sets what is to be sent; while the select does not run.
    public void item(@Nullable Object item) {
        core.mayChange();
        this.item = item;
    }

    /// For a sender that may come to its end before the channel does: tells whether it has. Asked at the beginning of a run.
    public void over(BooleanSupplier over) {
        this.over = over;
    }

    boolean isOver() {
        return over != null && over.getAsBoolean();
    }

    /// Whether the case happened because the channel was closed.
    public boolean isClosed() {
        return closed;
    }

    /// Whether anything could ever make the case ready: no nil channel, no context that never ends.
    boolean canHappen() {
        return target != null ? !(target instanceof ChanCore chan && chan.isNever()) : event != null;
    }

    /// For reports: `receive from channel "a" (0 of 4)`.
    String text() {
        if (target == null) {
            return "end of context" + (event == null || event.name().isEmpty() ? "" : " \"" + event.name() + '"');
        }
        String what = Sight.text(target);
        return target instanceof ChanCore ? (sending ? "send to " : "receive from ") + what
                : target instanceof LockCore ? (reads ? "read lock of " : "lock of ") + what : "tokens of " + what;
    }

    /// The event of the case, null when it is none.
    public @Nullable Node event() {
        return event;
    }

    /// Whether the case takes part; while the select does not run.
    public boolean isEnabled() {
        return enabled;
    }

    public void enabled(boolean enabled) {
        core.mayChange();
        this.enabled = enabled;
    }

    /// Hears of the event while the select waits.
    static final class Ear extends Listener {
        private final Offer offer;
        private final Waiter waiter;

        Ear(Offer offer, Waiter waiter) {
            this.offer = offer;
            this.waiter = waiter;
        }

        @Override
        protected void tell(Ending ending) {
            if (waiter.claim(offer)) {
                waiter.wake();
            }
        }
    }
}
