package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A lock for critical sections of some ten instructions that allocate nothing and call nothing that a user wrote.
///
/// Not reentrant, without owner, not fair. Locking and unlocking have the memory effects of a monitor.
public class SpinLock {
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(SpinLock.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through WORD
    private volatile int word;

    public final void lock() {
        for (int attempt = 0;; attempt++) {
            int w = word;
            Room.need(w);
            if (w == 0 && WORD.compareAndSet(this, 0, 1)) {
                return;
            }
            Spin.pause(attempt);
        }
    }

    public final void unlock() {
        WORD.setRelease(this, 0);
    }
}
