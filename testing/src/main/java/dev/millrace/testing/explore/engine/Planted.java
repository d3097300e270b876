package dev.millrace.testing.explore.engine;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What code with a planted fault calls instead of what is right; see [Mutation].
public final class Planted {
    private Planted() {}

    /// Not atomic: who comes in between is not seen.
    public static boolean compareAndSet(
            VarHandle handle, Object object, @Nullable Object expected, @Nullable Object value, int reads, int writes) {
        return isSame(handle, compareAndExchange(handle, object, expected, value, reads, writes), expected);
    }

    /// The same.
    public static @Nullable Object compareAndExchange(
            VarHandle handle, Object object, @Nullable Object expected, @Nullable Object value, int reads, int writes) {
        Hooks.handle(handle, object, -1, reads);
        Object now = (Object) handle.getVolatile(object);
        if (isSame(handle, now, expected)) {
            Hooks.handle(handle, object, -1, writes);
            handle.setVolatile(object, value);
        }
        return now;
    }

    /// The same.
    public static @Nullable Object getAndUpdate(
            VarHandle handle, Object object, @Nullable Object operand, String name, int reads, int writes) {
        Hooks.handle(handle, object, -1, reads);
        Object now = (Object) handle.getVolatile(object);
        Hooks.handle(handle, object, -1, writes);
        if (name.equals("getAndSet")) {
            handle.setVolatile(object, operand);
        } else if (now instanceof Integer n && operand instanceof Integer m) {
            handle.setVolatile(object, (Object) (int) updated(name, n, m));
        } else if (now instanceof Long n && operand instanceof Long m) {
            handle.setVolatile(object, (Object) updated(name, n, m));
        } else {
            throw new IllegalArgumentException(name + " of " + now + " with " + operand);
        }
        return now;
    }

    private static long updated(String name, long n, long m) {
        return switch (name) {
            case "getAndBitwiseOr" -> n | m;
            case "getAndBitwiseAnd" -> n & m;
            case "getAndAdd" -> n + m;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static boolean isSame(VarHandle handle, @Nullable Object a, @Nullable Object b) {
        return handle.varType().isPrimitive() ? java.util.Objects.equals(a, b) : a == b;
    }

    /// Whether a lock is not taken: by a thread of the program, which will not give it back either.
    public static boolean skipsLock(Object lock) {
        Strand s = self();
        if (s != null) {
            s.skipped.add(lock);
        }
        return s != null;
    }

    /// Whether a lock is not given back, since the thread did not take it.
    public static boolean skipsUnlock(Object lock) {
        Strand s = self();
        List<Object> skipped = s == null ? new ArrayList<>() : s.skipped;
        for (int i = skipped.size() - 1; i >= 0; i--) {
            if (skipped.get(i) == lock) {
                skipped.remove(i);
                return true;
            }
        }
        return false;
    }

    private static @Nullable Strand self() {
        Run run = Hooks.run();
        return run == null ? null : run.self();
    }
}
