package dev.millrace.sync;

/// What runs as a whole: once, or while a lock is held. It may throw anything; that comes out of the call that runs it.
///
/// @param <X> what it throws
@FunctionalInterface
public interface Section<X extends Throwable> {
    void run() throws X;
}
