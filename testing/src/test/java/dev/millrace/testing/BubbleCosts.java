package dev.millrace.testing;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.util.Locale;

/// What a bubble costs, measured by hand: the best of some rounds, in nanoseconds for one, parallel and serial, and where there is such a thing, outside all bubbles.
///
/// `java -cp testing/target/test-classes:testing/target/classes:core/target/classes:verify/testkit/target/classes
/// dev.millrace.testing.BubbleCosts`
final class BubbleCosts {
    private static final int ROUNDS = 15;
    private static final Bubble.Options LONG = Bubble.options().limit(Duration.ofMinutes(5));

    private BubbleCosts() {}

    private interface Shape {
        void run(int n) throws Throwable;
    }

    public static void main(String[] args) throws Throwable {
        System.out.printf(Locale.ROOT, "%-44s %10s %10s %10s%n", "ns", "parallel", "serial", "outside");
        print("bubble, empty", 2_000, bubbles(Bubble.options(), b -> {}), bubbles(Bubble.options().serial(1), b -> {}),
                null);
        Bubble.Body small = b -> {
            var ch = Chan.<Integer>unbuffered();
            go(() -> ch.send(1));
            Select.first().receive(Chan.<String>unbuffered(), v -> v).timeout(Duration.ofHours(1), () -> "").run();
            b.sleep(Duration.ofSeconds(1));
            ch.receive();
        };
        print("bubble: select with timeout, sleep, send", 2_000, bubbles(Bubble.options(), small),
                bubbles(Bubble.options().serial(1), small), null);
        in("sleep, alone", 100_000, BubbleCosts::sleeps, false);
        in("select with timeout, alone", 100_000, BubbleCosts::selects, false);
        in("sleeps of 1000 goroutines at as many instants", 100_000, BubbleCosts::manySleeps, false);
        in("hand-off on a channel without buffer", 100_000, BubbleCosts::handOffs, true);
        in("start of a goroutine, and its end", 100_000, BubbleCosts::starts, true);
    }

    private static Shape bubbles(Bubble.Options options, Bubble.Body body) {
        return n -> {
            for (int i = 0; i < n; i++) {
                options.run(body);
            }
        };
    }

    private static void in(String name, int n, Shape shape, boolean outside) throws Throwable {
        print(name, n, k -> LONG.run(b -> shape.run(k)), k -> LONG.serial(1).run(b -> shape.run(k)),
                outside ? shape : null);
    }

    private static void print(String name, int n, Shape parallel, Shape serial, Shape outside) throws Throwable {
        System.out.printf(Locale.ROOT, "%-44s %10s %10s %10s%n", name, best(parallel, n), best(serial, n),
                outside == null ? "" : best(outside, n));
    }

    private static String best(Shape shape, int n) throws Throwable {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            shape.run(n);
            best = Math.min(best, (System.nanoTime() - began) / n);
        }
        return Long.toString(best);
    }

    private static void sleeps(int n) {
        for (int i = 0; i < n; i++) {
            Context.background().sleep(Duration.ofSeconds(1));
        }
    }

    private static void selects(int n) {
        var quiet = Chan.<Integer>unbuffered();
        for (int i = 0; i < n; i++) {
            Select.<Integer>first().receive(quiet, v -> v).timeout(Duration.ofSeconds(1), () -> 0).run();
        }
    }

    private static void manySleeps(int n) {
        var wg = new WaitGroup();
        for (int i = 0; i < 1000; i++) {
            int step = 1_000 + i;
            wg.go(() -> {
                for (int k = 0; k < n / 1000; k++) {
                    Context.background().sleep(Duration.ofMillis(step));
                }
            });
        }
        wg.await();
    }

    private static void handOffs(int n) {
        var ch = Chan.<Integer>unbuffered();
        var wg = new WaitGroup();
        wg.go(() -> {
            for (int i = 0; i < n; i++) {
                ch.send(i);
            }
        });
        wg.go(() -> {
            for (int i = 0; i < n; i++) {
                ch.receive();
            }
        });
        wg.await();
    }

    private static void starts(int n) {
        for (int i = 0; i < n; i += 100) {
            var wg = new WaitGroup();
            for (int k = 0; k < 100; k++) {
                wg.go(() -> {});
            }
            wg.await();
        }
    }
}
