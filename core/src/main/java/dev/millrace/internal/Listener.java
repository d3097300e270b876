package dev.millrace.internal;

/// Hears of a node's end once, on the thread that ends it, outside all locks. Runs no code that a user wrote, does not
/// block and does not throw.
public abstract class Listener extends Link {
    protected abstract void tell(Ending ending);

    @Override
    final void hear(Walk walk) {
        tell(walk.ending());
    }
}
