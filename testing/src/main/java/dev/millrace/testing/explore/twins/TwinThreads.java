package dev.millrace.testing.explore.twins;

import java.util.concurrent.ThreadFactory;

/// Names threads as the JDK's default factory does, by pool and thread. They are virtual: those cost less.
final class TwinThreads implements ThreadFactory {
    private static int pools;

    private final Object lock = new Object();
    private final String prefix;
    private int made; // guarded by lock

    TwinThreads() {
        prefix = "pool-" + number() + "-thread-";
    }

    private static synchronized int number() {
        return ++pools;
    }

    @Override
    public Thread newThread(Runnable task) {
        int number;
        synchronized (lock) {
            number = ++made;
        }
        return Thread.ofVirtual().name(prefix + number).unstarted(task);
    }
}
