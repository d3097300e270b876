package dev.millrace.go;

import dev.millrace.internal.GoExit;
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

    static {
        for (SpawnHook<?> hook : ServiceLoader.load(SpawnHook.class, Go.class.getClassLoader())) {
            replace(hook, true);
        }
    }

    static Runnable add(SpawnHook<?> hook) {
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
            removeOne(list, hook);
        }
        SpawnHooks.set(list.isEmpty() ? null : new Hooks(List.copyOf(list)));
    }

    /// By identity: no user's equals runs in here.
    private static void removeOne(List<SpawnHook<?>> list, SpawnHook<?> hook) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) == hook) {
                list.remove(i);
                return;
            }
        }
    }

    @Override
    public @Nullable Carried capture() {
        List<Captured<?>> all = null;
        for (SpawnHook<?> hook : hooks) {
            Captured<?> captured = Captured.by(hook);
            if (captured != null) {
                all = all == null ? new ArrayList<>() : all;
                all.add(captured);
            }
        }
        if (all == null) {
            return null;
        }
        List<Captured<?>> captured = all;
        return body -> run(captured, body);
    }

    private static void run(List<Captured<?>> all, Body body) throws Throwable {
        var undo = new ArrayList<Runnable>();
        Throwable failure = null;
        try {
            for (Captured<?> captured : all) {
                undo.add(captured.install());
            }
            body.run();
        } catch (Throwable t) {
            failure = t;
        }
        for (Runnable each : undo.reversed()) {
            try {
                each.run();
            } catch (Throwable t) {
                if (failure == null || failure instanceof GoExit) {
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
}
