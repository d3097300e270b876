package dev.millrace.verify.reliability;

import dev.millrace.internal.SeqLock;
import dev.millrace.internal.SpinLock;
import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Finds spin locks of ours that are held, in all that can be reached from an object by fields of our classes.
final class Locks {
    private static final Map<Class<?>, List<Field>> FIELDS = new ConcurrentHashMap<>();

    private Locks() {}

    /// {@return the first that is held; null when all are free}
    static @Nullable Object held(Object... roots) throws ReflectiveOperationException {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Object, Boolean>());
        var next = new ArrayDeque<Object>(List.of(roots));
        while (!next.isEmpty()) {
            Object o = next.pop();
            if (!seen.add(o)) {
                continue;
            }
            if (o instanceof Object[] array) {
                for (int i = 0; i < Array.getLength(array); i++) {
                    push(next, array[i]);
                }
                continue;
            }
            for (Field f : fields(o.getClass())) {
                if (f.getType() == int.class) {
                    boolean sequence = o instanceof SeqLock;
                    if ((f.getInt(o) & 1) != 0 || (!sequence && f.getInt(o) != 0)) {
                        return o.getClass();
                    }
                } else {
                    push(next, f.get(o));
                }
            }
        }
        return null;
    }

    private static void push(ArrayDeque<Object> next, @Nullable Object o) {
        if (o != null && (o.getClass().getName().startsWith("dev.millrace.") || o instanceof Object[])
                && !(o instanceof Reference) && !o.getClass().getName().contains(".reliability.")) {
            next.push(o);
        }
    }

    /// The words of locks, and all that refers to objects.
    private static List<Field> fields(Class<?> type) {
        return FIELDS.computeIfAbsent(type, t -> {
            var all = new ArrayList<Field>();
            for (Class<?> c = t; c != null && c.getName().startsWith("dev.millrace."); c = c.getSuperclass()) {
                for (Field f : c.getDeclaredFields()) {
                    boolean word =
                            f.getType() == int.class && ((c == SpinLock.class || c == SeqLock.class)
                                    && f.getName().equals(
                                            "word")
                                    || c.getSimpleName().equals("Hearers") && f.getName().equals("lock"));
                    if (!Modifier.isStatic(f.getModifiers()) && (word || !f.getType().isPrimitive())) {
                        f.setAccessible(true);
                        all.add(f);
                    }
                }
            }
            return all;
        });
    }
}
