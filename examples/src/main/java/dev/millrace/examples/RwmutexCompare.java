package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.sync.Locker;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;

/// The same writers and readers with a Mutex and with an RWMutex: when is the second worth it?
final class RwmutexCompare extends Example {
    RwmutexCompare() {
        super("rwmutex");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int writers = options.number("--writers", -1, 0, 100_000);
        int readers = options.number("--readers", -1, 0, 100_000);
        var write = options.duration("--write", ofMillis(10));
        var read = options.duration("--read", ofMillis(1));
        options.end();
        loadClasses();
        var shared = new Shared(write, read, out);
        shared.both(ctx, writers < 0 ? 10 : writers, readers < 0 ? 1_000 : readers);
        if (writers < 0 && readers < 0) {
            shared.both(ctx, 200, 10);
        }
        return 0;
    }

    private record Shared(Duration write, Duration read, PrintStream out) {
        void both(Context ctx, int writers, int readers) {
            String load = writers + (writers == 1 ? " writer, " : " writers, ") + readers
                    + (readers == 1 ? " reader, " : " readers, ");
            out.println(load + "Mutex");
            var mutex = new Mutex();
            compare(ctx, mutex, mutex, writers, readers);
            out.println(load + "RWMutex");
            var rwmutex = new RWMutex();
            compare(ctx, rwmutex, rwmutex.readLocker(), writers, readers);
        }

        // region compare
        private void compare(Context ctx, Locker forWriting, Locker forReading, int writers, int readers) {
            var x = new int[1]; // guarded by the lock
            long start = System.nanoTime();
            try (var all = ctx.withCancel()) { // Ctrl-C ends the sleeps and the waits for the lock
                var wg = new WaitGroup();
                for (int i = 0; i < writers; i++) {
                    wg.go(all, c -> forWriting.holding(c, () -> {
                        x[0] = x[0] + 1;
                        c.sleep(write);
                    }));
                }
                for (int i = 0; i < readers; i++) {
                    wg.go(all, c -> forReading.holding(c, () -> c.sleep(read)));
                }
                wg.await(all);
            }
            out.println("x:" + x[0] + " cost:" + Durations.text(Duration.ofNanos(System.nanoTime() - start)));
        }
        // endregion
    }
}
