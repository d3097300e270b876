package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// What travels from the thread that spawns to the goroutine, beside the context. `dev.millrace.go` fills this from its
/// public interface; null while there is no hook, so that a spawn without hooks costs one read.
public abstract class SpawnHooks {
    private static volatile @Nullable SpawnHooks current;

    /// For implementations.
    protected SpawnHooks() {}

    public static @Nullable SpawnHooks current() {
        return current;
    }

    public static void set(@Nullable SpawnHooks hooks) {
        current = hooks;
    }

    /// On the thread that spawns. Answers what to carry, null for nothing.
    public abstract @Nullable Object capture();

    /// On the goroutine: runs `body` with what [#capture] of these same hooks answered.
    protected abstract void runCarrying(Object carried, Body body) throws Throwable;

    static void run(Object carried, Body body) throws Throwable {
        SpawnHooks hooks = current;
        if (hooks == null) {
            body.run();
        } else {
            hooks.runCarrying(carried, body);
        }
    }

    /// A goroutine's body.
    public interface Body {
        void run() throws Throwable;
    }
}
