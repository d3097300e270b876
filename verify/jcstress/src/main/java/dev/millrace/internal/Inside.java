package dev.millrace.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Private fields that a test has to see, once all actors have gone.
final class Inside {
    private static final VarHandle GATE_LIST = find(Gate.class, "list", "dev.millrace.internal.Gate$Held");
    private static final VarHandle NODE_TIMER = find(DeadlineNode.class, "timer", "dev.millrace.internal.Timer");

    private Inside() {}

    private static VarHandle find(Class<?> owner, String field, String type) {
        try {
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                    .findVarHandle(owner, field, Class.forName(type));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static boolean isEmpty(Gate gate) {
        return GATE_LIST.getVolatile(gate) == null;
    }

    /// Whether the timer of `node` is still to fire.
    static boolean isSet(DeadlineNode node) {
        Timer timer = (Timer) NODE_TIMER.getVolatile(node);
        return timer != null && timer.index >= 0;
    }
}
