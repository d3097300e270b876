package dev.millrace.testing.explore.engine;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What the modelled locks have in common: wait until one may, then have it.
final class Taking {
    /// For ever.
    static final long EVER = Long.MAX_VALUE;

    private Taking() {}

    static @Nullable Strand self() {
        Run run = Hooks.run();
        return run == null ? null : run.self();
    }

    static Run run() {
        return Objects.requireNonNull(Hooks.run());
    }

    /// The kind of `object`: of an anonymous class, that which it extends.
    private static int field(Object object) {
        Class<?> type = object.getClass();
        return run().catalog.field((type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName());
    }

    /// Comes to `object`; others may go first.
    static void before(Strand s, Object object) {
        run().before(s, object, field(object));
    }

    /// Has changed it.
    static void after(Strand s, Object object) {
        run().after(s, object, field(object), Access.UPDATE);
    }

    /// Has looked at it.
    static void looked(Strand s, Object object) {
        run().after(s, object, field(object), Access.READ | Access.VOLATILE);
    }

    /// Waits until `free`. False when `nanos` are over first.
    static boolean wait(
            Strand s, Object object, BooleanSupplier free, long nanos, boolean interruptible, String waits)
            throws InterruptedException {
        Run run = run();
        if (interruptible) {
            run.strikeInterrupt(s);
            throwIfInterrupted(s);
        }
        long now = run.clock();
        long deadline = nanos >= Long.MAX_VALUE - now ? Strand.NEVER : now + Math.max(0, nanos);
        Run.Woken woken = run.await(s, free, deadline, interruptible, object, waits);
        if (woken == Run.Woken.INTERRUPTED) {
            throwIfInterrupted(s);
        }
        return woken == Run.Woken.READY;
    }

    static void throwIfInterrupted(Strand s) throws InterruptedException {
        if (s.interrupted) {
            s.interrupted = false;
            throw new InterruptedException();
        }
    }

    static void uninterruptibly(Strand s, Object object, BooleanSupplier free, String waits) {
        try {
            wait(s, object, free, EVER, false, waits);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
