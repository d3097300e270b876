package dev.millrace.go;

import dev.millrace.internal.SpawnHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// The hooks in force. An immutable list that is replaced whole; what one list captured, the same list installs.
final class Hooks extends SpawnHooks {
    private final List<SpawnHook<?>> hooks;

    private Hooks(List<SpawnHook<?>> hooks) {
        this.hooks = hooks;
    }

    /// Loads the hooks of the service loader, once.
    static void load() {
        Loaded.touch();
    }

    static Runnable add(SpawnHook<?> hook) {
        load();
        replace(hook, true);
        return () -> replace(hook, false);
    }

    private static synchronized void replace(SpawnHook<?> hook, boolean add) {
        var list = new ArrayList<SpawnHook<?>>();
        if (SpawnHooks.current() instanceof Hooks now) {
            list.addAll(now.hooks);
        }
        if (add) {
            list.add(hook);
        } else {
            list.remove(hook);
        }
        SpawnHooks.set(list.isEmpty() ? null : new Hooks(List.copyOf(list)));
    }

    @Override
    public @Nullable Object capture() {
        List<Captured<?>> all = null;
        for (SpawnHook<?> hook : hooks) {
            Captured<?> captured = Captured.by(hook);
            if (captured != null) {
                all = all == null ? new ArrayList<>() : all;
                all.add(captured);
            }
        }
        return all;
    }

    @Override
    protected void runCarrying(Object carried, Body body) throws Throwable {
        var undo = new ArrayList<Runnable>();
        Throwable failure = null;
        try {
            for (Object captured : (List<?>) carried) {
                undo.add(((Captured<?>) captured).install());
            }
            body.run();
        } catch (Throwable t) {
            failure = t;
        }
        for (Runnable each : undo.reversed()) {
            try {
                each.run();
            } catch (Throwable t) {
                if (failure == null) {
                    failure = t;
                } else if (failure != t) {
                    failure.addSuppressed(t);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private record Captured<T>(SpawnHook<T> hook, T value) {
        static <T> @Nullable Captured<T> by(SpawnHook<T> hook) {
            T value = hook.capture();
            return value == null ? null : new Captured<>(hook, value);
        }

        Runnable install() {
            return hook.install(value);
        }
    }

    private static final class Loaded {
        static {
            for (SpawnHook<?> hook : ServiceLoader.load(SpawnHook.class, Go.class.getClassLoader())) {
                replace(hook, true);
            }
        }

        static void touch() {}
    }
}
