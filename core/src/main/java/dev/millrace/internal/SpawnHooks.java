package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// What travels from the thread that spawns to the goroutine, beside the context. `dev.millrace.go` fills this from its
/// public interface; null while there is no hook, so that a spawn without hooks costs one read.
public abstract class SpawnHooks {
    private static volatile @Nullable SpawnHooks current;

    static {
        // Its initialiser finds the hooks of the service loader and sets them here. By name, since nothing here may know it.
        try {
            Class.forName("dev.millrace.go.Hooks", true, SpawnHooks.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// For implementations.
    protected SpawnHooks() {}

    public static @Nullable SpawnHooks current() {
        return current;
    }

    public static void set(@Nullable SpawnHooks hooks) {
        current = hooks;
    }

    /// On the thread that spawns. Answers what to carry, null for nothing.
    public abstract @Nullable Carried capture();

    /// What was captured, to be used on the goroutine.
    public interface Carried {
        /// Runs `body` with it.
        void run(Body body) throws Throwable;
    }

    /// A goroutine's body.
    public interface Body {
        void run() throws Throwable;
    }
}
