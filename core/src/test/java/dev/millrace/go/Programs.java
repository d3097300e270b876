package dev.millrace.go;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;

/// Small main programs that tests start in a [Child].
final class Programs {
    private Programs() {}

    /// main returns while a goroutine is in a try block.
    static final class MainReturns {
        public static void main(String[] args) throws Exception {
            var inside = new CountDownLatch(1);
            Go.go(() -> {
                try {
                    inside.countDown();
                    Context.background().awaitDone();
                } finally {
                    System.out.println("finally of the goroutine");
                }
            });
            inside.await();
            System.out.println("main returns");
        }
    }

    /// A goroutine fails in one of several ways while main waits in a try block.
    static final class Fails {
        public static void main(String[] args) {
            var wg = new WaitGroup();
            try {
                wg.go(() -> {
                    try {
                        fail(args[0]);
                    } finally {
                        System.out.println("finally of the goroutine");
                    }
                });
                wg.await();
                System.out.println("await returned");
            } finally {
                System.out.println("finally of main");
            }
        }

        @SuppressWarnings("ThrowNull") // one of the ways
        private static void fail(String how) throws Exception {
            switch (how) {
                case "words" -> throw new IllegalStateException("the disk is gone", new Exception("the first cause"));
                case "error" -> throw new StackOverflowError("planted");
                case "null" -> throw null;
                case "unspeakable" -> throw new Unspeakable();
                case "ring" -> {
                    var a = new Exception("a");
                    a.initCause(new Exception("b", a));
                    throw a;
                }
                default -> throw new IllegalArgumentException(how);
            }
        }

        private static final class Unspeakable extends RuntimeException {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        }
    }

    /// A bare goroutine fails, and main ends well after the report.
    static final class Reports {
        public static void main(String[] args) throws Exception {
            var reported = new CountDownLatch(1);
            Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
                System.out.println("handler: " + failure.getMessage());
                reported.countDown();
            });
            Go.go("reader", () -> {
                throw new IllegalStateException("the disk is gone");
            });
            reported.await();
            System.out.println("main returns");
        }
    }

    /// Starts goroutines in every way; the hook comes from the service loader only.
    static final class Spawns {
        static final ThreadLocal<String> CARRIED = ThreadLocal.withInitial(() -> "nothing");

        public static void main(String[] args) throws Exception {
            CARRIED.set("from main");
            var wg = new WaitGroup();
            switch (args[0]) {
                case "go" -> {
                    wg.add(1);
                    Go.go(() -> {
                        System.out.println(CARRIED.get());
                        wg.done();
                    });
                }
                case "WaitGroup" -> wg.go(() -> System.out.println(CARRIED.get()));
                case "TaskGroup" -> {
                    try (var group = dev.millrace.group.TaskGroup.open(Context.background())) {
                        group.go(_ -> System.out.println(CARRIED.get()));
                        group.join();
                    }
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
            wg.await();
        }

        /// What the service loader finds.
        public static final class Hook implements SpawnHook<String> {
            @Override
            public String capture() {
                return CARRIED.get();
            }

            @Override
            public Runnable install(String captured) {
                CARRIED.set(captured);
                return CARRIED::remove;
            }
        }
    }

    /// Blocks as many goroutines as asked and releases them.
    static final class Blocks {
        public static void main(String[] args) {
            int n = Integer.parseInt(args[0]);
            var blocked = new WaitGroup();
            var ended = new WaitGroup();
            blocked.add(n);
            try (var ctx = Context.background().withCancel()) {
                for (int i = 0; i < n; i++) {
                    ended.go(ctx, c -> {
                        blocked.done();
                        c.awaitDone();
                    });
                }
                blocked.await();
                System.out.println("blocked " + Go.numGoroutine());
            }
            ended.await();
            System.out.println("counted " + ended.count());
        }
    }
}
