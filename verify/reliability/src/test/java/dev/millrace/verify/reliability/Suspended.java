package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.context.Context;
import dev.millrace.time.After;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Case 29: the process stands still for a while, and its clock has gone on when it goes on: what became due meanwhile happens once,
/// and a ticker does not make up for what it missed.
///
/// It stops itself, by a signal, and a shell lets it go on.
final class Suspended {
    private static final Duration STOP = Duration.ofMillis(1500);
    private static final Duration TICK = Duration.ofMillis(20);

    private Suspended() {}

    static void run(Run run) throws Exception {
        if (run.broken()) {
            check(burst(7), "7 ticks within a tick");
            return;
        }
        var calls = new AtomicInteger();
        var ticks = new AtomicInteger();
        try (var ticker = Ticker.every(TICK); var deadline = Context.background().withTimeout(STOP.dividedBy(2))) {
            var call = After.afterFunc(STOP.dividedBy(2), calls::getAndIncrement);
            var alarm = After.after(STOP.dividedBy(2));
            check(deadline.afterFunc(calls::getAndIncrement) != null, "no callback");
            ticker.ticks().receive();
            long before = System.nanoTime();
            stop();
            long stood = since(before);
            check(stood > STOP.toNanos() / 2, "stood still for %.0f ms only", millis(stood));
            long resumed = System.nanoTime();
            // The first may have been due before; from then on each is a tick later than the one before.
            while (since(resumed) < 4 * TICK.toNanos()) {
                if (ticker.ticks().tryReceive() != null) {
                    ticks.getAndIncrement();
                }
                Thread.onSpinWait();
            }
            long span = since(resumed);
            alarm.receive();
            run.until("the delayed call and the callback", () -> calls.get() == 2);
            call.await();
            check(deadline.isDone() && calls.get() == 2, "%d calls", calls.get());
            check(alarm.tryReceive() == null, "the alarm came twice");
            int most = (int) (span / TICK.toNanos()) + 2;
            check(burst(most, ticks.get()), "%d ticks within %.0f ms", ticks.get(), millis(span));
            figure("29: stood still for %.0f ms: %d ticks of %d ms in the %.0f ms after that, each due timer once",
                    millis(stood),
                    ticks.get(), TICK.toMillis(), millis(span));
        }
    }

    private static boolean burst(int ticks) {
        return burst(3, ticks);
    }

    private static boolean burst(int most, int ticks) {
        return ticks <= most;
    }

    private static void stop() throws Exception {
        long pid = ProcessHandle.current().pid();
        Process shell = new ProcessBuilder("sh", "-c",
                "kill -STOP " + pid + "; sleep " + STOP.toMillis() / 1000.0 + "; kill -CONT "
                        + pid)
                .inheritIO().start();
        check(shell.waitFor() == 0, "the shell failed");
    }
}
