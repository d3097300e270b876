package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Selector;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/// Channels under load.
final class Channels {
    private static final int UNLIMITED = -1;

    private Channels() {}

    /// Case 13: every value comes out exactly once and in its sender's order, whatever the capacity and however many take part.
    static void values(Run run) throws Exception {
        for (int capacity : new int[] {0, 1, 2, 16, 1024, UNLIMITED}) {
            for (int goroutines : new int[] {2, 8, 64}) {
                values(run, capacity, goroutines, run.pick(2_000, 50_000, 1_000_000));
            }
        }
    }

    private static void values(Run run, int capacity, int goroutines, int total) throws Exception {
        Chan<Integer> chan =
                capacity == UNLIMITED ? Chan.unlimited() : capacity == 0 ? Chan.unbuffered() : Chan.buffered(
                        capacity);
        int senders = goroutines / 2;
        int each = total / senders;
        var seen = new AtomicIntegerArray(senders * each);
        var wrong = new AtomicReference<String>();
        var sending = new WaitGroup();
        var receiving = new WaitGroup();
        var received = new LongAdder();
        var watch = new Run.Watch();
        var stall = Stall.of(run, "13: the values", received::sum);
        for (int s = 0; s < senders; s++) {
            int from = s * each;
            sending.go(() -> {
                for (int i = 0; i < each; i++) {
                    boolean twice = run.planted("twice") && from == 0 && i == each / 2;
                    if (run.planted(Run.LATE) && i == each / 2) {
                        run.late();
                    }
                    chan.send(from + (twice ? i - 1 : i));
                }
            });
        }
        for (int r = 0; r < goroutines - senders; r++) {
            receiving.go(() -> {
                int[] last = new int[senders];
                Arrays.fill(last, -1);
                for (int v : chan) {
                    int sender = v / each;
                    if (v <= last[sender]) {
                        wrong.set("of sender " + sender + " came " + v + " after " + last[sender]);
                    }
                    last[sender] = v;
                    seen.getAndIncrement(v);
                    received.increment();
                }
            });
        }
        long took;
        try (stall) {
            run.await(sending, "senders");
            chan.close();
            run.await(receiving, "receivers");
            took = watch.took();
        }
        check(wrong.get() == null, "capacity %d, %d goroutines: %s", capacity, goroutines, wrong.get());
        for (int i = 0; i < seen.length(); i++) {
            check(seen.get(i) == 1, "capacity %d, %d goroutines: value %d came %d times", capacity, goroutines, i,
                    seen.get(i));
        }
        check(chan.len() == 0, "%d are left", chan.len());
        if (run.isFull()) {
            check(took < 30_000_000_000L, "capacity %d, %d goroutines: %.0f ms", capacity, goroutines, millis(took));
        }
        figure("13: %,d values, capacity %s, %d goroutines: %.0f ms", seen.length(),
                capacity == UNLIMITED ? "unlimited" : capacity, goroutines, millis(took));
    }

    /// Case 15: a select over a thousand cases of which one is ready costs ten times one over a hundred; and of those ready it
    /// chooses each as often.
    static void largeSelect(Run run) {
        int rounds = run.pick(2_000, 10_000, 10_000);
        double[] cost = new double[4];
        for (int size = 10, i = 1; size <= 1000; size *= 10, i++) {
            oneOfMany(size, rounds / 5); // warm
            cost[i] = oneOfMany(size, rounds);
            double ready = largeSelect(run, size, rounds);
            figure("15: select over %d cases: %.2f us when one is ready, %.2f us when all are", size, cost[i], ready);
        }
        // Ten times would be linear. The cost of any select is more than that of ten cases.
        check(cost[3] < 30 * Math.max(cost[2], 0.5), "100 cases cost %.2f us, 1000 cost %.2f", cost[2], cost[3]);
    }

    /// {@return microseconds for one}
    private static double oneOfMany(int size, int rounds) {
        var chans = new ArrayList<Chan<Integer>>();
        var select = Selector.random();
        for (int i = 0; i < size; i++) {
            Chan<Integer> chan = Chan.buffered(1);
            chans.add(chan);
            select.receive(chan);
        }
        var random = new Random(size);
        long start = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            int ready = random.nextInt(size);
            chans.get(ready).send(i);
            int index = select.await().index();
            check(index == ready, "%d was ready, %d was chosen", ready, index);
        }
        return since(start) / 1e3 / rounds;
    }

    /// {@return microseconds for one}
    private static double largeSelect(Run run, int size, int rounds) {
        var chans = new ArrayList<Chan<Integer>>();
        var select = run.broken() ? Selector.ordered() : Selector.random();
        var cases = new ArrayList<Selector.Receive<Integer>>();
        for (int i = 0; i < size; i++) {
            Chan<Integer> chan = Chan.buffered(1);
            chan.send(i);
            chans.add(chan);
            cases.add(select.receive(chan));
        }
        var counts = new int[size];
        long start = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            int index = select.await().index();
            counts[index]++;
            int value = cases.get(index).value();
            check(value == index, "case %d gave the value of %d", index, value);
            chans.get(index).send(value);
        }
        long took = since(start);
        double expected = (double) rounds / size;
        if (expected >= 5) {
            double sum = 0;
            for (int n : counts) {
                sum += (n - expected) * (n - expected) / expected;
            }
            // Exceeded by chance once in a billion runs; the case's 0.1 % is said beside it.
            double limit = chiSquare(size - 1, 6.0);
            if (size == 1000) {
                figure("15: chi-square of %d choices among %d: %.0f; 0.1 %% exceed %.0f, one in a billion %.0f", rounds,
                        size, sum,
                        chiSquare(size - 1, 3.09), limit);
            }
            check(sum < limit, "%d cases: chi-square %.0f, not below %.0f", size, sum, limit);
        }
        return took / 1e3 / rounds;
    }

    /// The value that chi-square exceeds as seldom as a normal variable exceeds `sigmas`, after Wilson and Hilferty.
    private static double chiSquare(int freedom, double sigmas) {
        double a = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - a + sigmas * Math.sqrt(a), 3);
    }

    /// Case 16: two that play go on to the end while others compute. Those yield now and then: the JDK takes the carrier from nobody.
    static void pingPong(Run run) throws Exception {
        int turns = run.pick(500, 100_000, 10_000_000);
        var over = new AtomicBoolean();
        var computing = new WaitGroup();
        int computers = 2 * Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < computers; i++) {
            computing.go(() -> {
                double sum = 0;
                while (!over.get()) {
                    long start = System.nanoTime();
                    while (since(start) < 50_000) {
                        sum += Math.sqrt(sum + 1);
                    }
                    Go.yield();
                }
                check(sum > 0, "nothing computed");
            });
        }
        Chan<Integer> ping = Chan.unbuffered();
        Chan<Integer> pong = Chan.unbuffered();
        var playing = new WaitGroup();
        List<Long> stalls = new ArrayList<>();
        var turn = new AtomicInteger();
        var stall = Stall.of(run, "16: the players", turn::get);
        long start = System.nanoTime();
        playing.go(() -> {
            long worst = 0;
            long last = System.nanoTime();
            for (int i = 0; i < turns; i++) {
                ping.send(i);
                int back = pong.receive();
                check(back == i, "%d came back as %d", i, back);
                turn.lazySet(i);
                long now = System.nanoTime();
                worst = Math.max(worst, now - last);
                last = now;
            }
            stalls.add(worst);
        });
        playing.go(() -> {
            for (int i = 0; i < (run.planted("leaves") ? turns / 2 : turns); i++) {
                if (i == turns / 2) {
                    run.late();
                }
                pong.send(ping.receive());
            }
        });
        try (stall) {
            run.await(playing, "the players");
        } finally {
            over.set(true);
        }
        long took = since(start);
        run.await(computing, "those who compute");
        check(stalls.size() == 1, "a player failed");
        figure("16: %,d turns beside %d who compute and yield: %.0f ms, the longest turn %.1f ms", turns, computers,
                millis(took),
                millis(stalls.getFirst()));
    }
}
