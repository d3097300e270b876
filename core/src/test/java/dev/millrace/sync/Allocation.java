package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Whether something allocates: by the JVM's count of what a thread has allocated. It counts for platform threads only.
final class Allocation {
    private static final int CALLS = 100_000;
    private static final MethodHandle ALLOCATED = allocated();

    private Allocation() {}

    /// Fails when each run of `body` allocates, be it one small object.
    static void none(Runnable body) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 20 && least >= CALLS; attempt++) { // at first the compiler still changes code
            least = Math.min(least, bytes(body));
        }
        assertTrue(least < CALLS, least + " bytes for " + CALLS + " calls");
    }

    static boolean isSeen(Runnable body) {
        return bytes(body) > CALLS;
    }

    private static long bytes(Runnable body) {
        long before = now();
        for (int i = 0; i < CALLS; i++) {
            body.run();
        }
        return now() - before;
    }

    private static long now() {
        try {
            return (long) ALLOCATED.invoke();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// By reflection: the module of the tests does not require that of the bean.
    private static MethodHandle allocated() {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
            return MethodHandles.publicLookup()
                    .in(type)
                    .findVirtual(type, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
                    .bindTo(bean);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
