package dev.millrace.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// Debug mode with its warnings about locks in a list instead of the log.
public final class LockWarnings implements AutoCloseable {
    public final List<String> all = Collections.synchronizedList(new ArrayList<>());
    private final Consumer<String> before = LockOrder.sink;
    private final boolean was = Debug.set(true);

    public LockWarnings() {
        LockOrder.sink = all::add;
    }

    @Override
    public void close() {
        LockOrder.sink = before;
        Debug.set(was);
    }
}
