package dev.millrace.internal;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// Something that is done after garbage collections, for as long as the object that it is done to lives.
///
/// A sentinel that nobody refers to is found by the next collection that looks at young objects; the cleaner's thread then
/// runs the action and makes the next sentinel. So each run stands for at least one collection, and several in a row may
/// be one run. Nothing here keeps the object, its class or the thread.
abstract class AfterGc<T> implements Runnable {
    // Apart, so that the thread starts with the first one. It ends when the library's class loader is collected.
    private static final class Holder {
        static final Cleaner CLEANER = Cleaner.create();
    }

    private final WeakReference<T> of;

    AfterGc(T of) {
        this.of = new WeakReference<>(of);
    }

    /// Begins. Once.
    final void watch() {
        Holder.CLEANER.register(new Object(), this);
    }

    @Override
    public final void run() {
        @Nullable T living = of.get();
        if (living != null) {
            try {
                collected(living);
            } finally {
                watch();
            }
        }
    }

    /// A collection has been. Runs on the cleaner's thread: brief, and nothing of a user's.
    abstract void collected(T living);
}
