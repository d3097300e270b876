package dev.millrace.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Main programs that a watch looks at, in a JVM of their own. The first argument says in which way they wait.
final class StuckTestMains {
    /// The watch's pause in these programs, and a span that is many of its looks.
    private static final Duration EVERY = Duration.ofMillis(20);

    private static final Duration LONG = Duration.ofMillis(600);

    private StuckTestMains() {}

    /// Asleep as a whole.
    static final class ForGood {
        public static void main(String[] args) {
            Goroutines.watch(WatchOptions.deadlocks().every(EVERY));
            wait(args[0]);
            System.out.println("main goes on");
        }

        static void wait(String how) {
            var mutex = Mutex.named("m");
            switch (how) {
                case "send" -> Chan.<Integer>named("c").unbuffered().send(1);
                case "receive" -> Chan.<Integer>named("c").buffered(2).receive();
                case "nil" -> Chan.never().receive();
                case "select" -> Select.first().run();
                case "mutex" -> {
                    mutex.lock();
                    mutex.lock();
                }
                case "waitgroup" -> {
                    var wg = new WaitGroup();
                    wg.add(1);
                    wg.await();
                }
                case "cond" -> {
                    mutex.lock();
                    new Cond(mutex).await();
                }
                case "others" -> {
                    var jobs = Chan.<Integer>named("jobs").unbuffered();
                    var wg = new WaitGroup();
                    wg.go(jobs::receive);
                    wg.go(jobs::receive);
                    wg.await();
                }
                case "facing" -> {
                    var left = Chan.<Integer>named("left").unbuffered();
                    var right = Chan.<Integer>named("right").unbuffered();
                    var wg = new WaitGroup();
                    for (int i = 0; i < 2; i++) {
                        wg.go(() -> Select.<Boolean>first().send(left, 1, () -> true).receive(right, _ -> false).run());
                    }
                    wg.await();
                }
                case "both" -> {
                    var own = Chan.<Integer>named("own").unbuffered();
                    Select.<Boolean>first().send(own, 1, () -> true).receive(own, _ -> false).run();
                }
                case "context" -> Context.background().awaitDone();
                default -> throw new IllegalArgumentException(how);
            }
        }
    }

    /// Something is still to come; then, perhaps, nothing.
    static final class Later {
        public static void main(String[] args) throws Exception {
            Goroutines.watch(WatchOptions.deadlocks().every(EVERY).crash());
            long start = System.nanoTime();
            var c = Chan.<Integer>named("c").unbuffered();
            switch (args[0]) {
                case "timer" -> {
                    try (var ctx = Context.background().withTimeout(LONG)) {
                        ctx.awaitDone();
                    }
                }
                case "sleeper" -> {
                    Go.go(() -> {
                        Context.background().sleep(LONG);
                        c.send(1);
                    });
                    c.receive();
                }
                case "sleeper that leaves" -> {
                    Go.go(() -> Context.background().sleep(LONG));
                    Go.go(() -> {
                        try (var ctx = Context.background().withTimeout(LONG)) {
                            ctx.awaitDone();
                            System.out.println("slept " + (System.nanoTime() - start >= LONG.toNanos()));
                        }
                    });
                    c.receive();
                }
                case "daemon" -> {
                    daemon(() -> {
                        park(LONG);
                        c.send(1);
                    });
                    c.receive();
                }
                case "daemon that waits elsewhere" -> {
                    var queue = new LinkedBlockingQueue<Integer>();
                    daemon(() -> {
                        c.send(queue.take());
                    });
                    Thread.ofVirtual().start(() -> {
                        park(LONG);
                        queue.add(1);
                    });
                    c.receive();
                }
                case "foreign virtual thread that sleeps" -> {
                    Thread.ofVirtual().start(() -> {
                        park(LONG);
                        c.send(1);
                    });
                    c.receive();
                }
                case "foreign virtual thread that computes" -> {
                    Thread.ofVirtual().start(() -> {
                        while (System.nanoTime() - start < LONG.toNanos()) {
                            Thread.onSpinWait();
                        }
                        c.send(1);
                    });
                    c.receive();
                }
                case "foreign virtual thread at a socket" -> {
                    var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                    Thread.ofVirtual().start(() -> {
                        accept(server);
                        c.send(1);
                    });
                    new ProcessBuilder("sleep", "0.6").start().onExit().thenRun(() -> connect(server));
                    c.receive();
                }
                case "goroutine in a queue" -> {
                    var queue = new LinkedBlockingQueue<Integer>();
                    Go.go(() -> c.send(queue.take()));
                    // Nothing but that goroutine tells the watch that somebody may come: this one is a thread of the library's.
                    Goroutines.watch(WatchOptions.stalls(LONG).every(EVERY).reportTo(_ -> queue.add(1)));
                    c.receive();
                }
                case "busy hand-overs" -> {
                    var back = Chan.<Integer>unbuffered();
                    Go.go(() -> {
                        for (int n : c) {
                            back.send(n);
                        }
                    });
                    while (System.nanoTime() - start < LONG.toNanos()) {
                        c.send(1);
                        back.receive();
                    }
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
            System.out.println("main goes on");
            System.exit(0);
        }

        private static void accept(java.net.ServerSocket server) {
            try {
                server.accept().close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static void connect(java.net.ServerSocket server) {
            try {
                new java.net.Socket(server.getInetAddress(), server.getLocalPort()).close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static void park(Duration span) {
            long end = System.nanoTime() + span.toNanos();
            for (long left = span.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }

        private static void daemon(Task body) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    body.run();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    /// Waits twice in vain, each time until some looks after the report; the policy is to report.
    static void twice() {
        var c = Chan.<Integer>named("c").unbuffered();
        var reports = new AtomicInteger();
        Goroutines.watch(WatchOptions.deadlocks().every(EVERY).reportTo(_ -> reports.incrementAndGet()));
        // Lets main go on, on a thread that does not keep the other watch from looking.
        Goroutines.watch(WatchOptions.stalls(LONG).every(EVERY).reportTo(_ -> c.trySend(1)));
        for (int i = 0; i < 2; i++) {
            c.receive();
            System.out.println("reports " + reports.get());
        }
    }
}
