package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// Whether something allocates. The JVM tells its use of memory in steps of a region, so it is done very often.
final class Allocation {
    private static final int CALLS = 3_000_000;

    private Allocation() {}

    /// Fails when each run of `body` allocates, be it one small object.
    static void none(Runnable body) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 6; attempt++) {
            least = Math.min(least, bytes(body));
        }
        assertTrue(least < 4 * CALLS, least + " bytes for " + CALLS + " calls");
    }

    /// What is used more afterwards; nothing when a collection came.
    private static long bytes(Runnable body) {
        System.gc();
        long before = used();
        for (int i = 0; i < CALLS; i++) {
            body.run();
        }
        return used() - before;
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    static boolean isSeen(Runnable body) {
        return bytes(body) > 4 * CALLS;
    }
}
