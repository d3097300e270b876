package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A [SpinLock] that counts, so that what it guards can be read without taking it: a sequence lock.
///
/// The word is odd while the lock is held, and another one after each section. Who reads the guarded fields between a
/// [#stamp()] and a successful [#unchanged] has seen them as they were at one instant.
public class SeqLock {
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(SeqLock.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through WORD
    private volatile int word;

    public final void lock() {
        if (!tryLock()) {
            lockAfterMiss();
        }
    }

    private void lockAfterMiss() {
        int attempt = firstMiss();
        do {
            Spin.pause(attempt++);
        } while (!tryLock());
    }

    /// As which attempt in vain the first one counts: [Spin] looks more seldom from attempt to attempt.
    int firstMiss() {
        return 0;
    }

    /// Takes the lock if it is free.
    final boolean tryLock() {
        int w = word;
        Room.need(w);
        if ((w & 1) != 0 || !WORD.compareAndSet(this, w, w + 1)) {
            return false;
        }
        VarHandle.storeStoreFence(); // nobody sees a write of the section and the word of before it
        return true;
    }

    public final void unlock() {
        WORD.setRelease(this, (int) WORD.get(this) + 1);
    }

    /// Begins an unlocked look. Odd when somebody holds the lock: such a look cannot succeed.
    public final int stamp() {
        return word;
    }

    /// Whether nobody has held the lock since [#stamp()] answered `stamp`.
    public final boolean unchanged(int stamp) {
        VarHandle.acquireFence();
        return (stamp & 1) == 0 && word == stamp;
    }

    /// The same for who holds the lock: whether nobody else has held it since.
    final boolean unchangedButHeld(int stamp) {
        return (stamp & 1) == 0 && word == stamp + 1;
    }
}
