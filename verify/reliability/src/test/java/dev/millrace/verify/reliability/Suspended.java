package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.time.After;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
        var calls = new AtomicInteger();
        var ticks = new AtomicInteger();
        int once = run.planted("twice") ? 2 : 1;
        try (var ticker = Ticker.every(TICK);
                var catchesUp = new CatchesUp();
                var deadline = Context.background().withTimeout(STOP.dividedBy(2))) {
            ReceiveChan<Instant> arriving = run.planted("burst") ? catchesUp.ticks : ticker.ticks();
            var call = After.afterFunc(STOP.dividedBy(2), () -> calls.getAndAdd(once));
            var alarm = After.after(STOP.dividedBy(2));
            check(deadline.afterFunc(calls::getAndIncrement) != null, "no callback");
            arriving.receive();
            long before = System.nanoTime();
            stop();
            long stood = since(before);
            check(stood > STOP.toNanos() / 2, "stood still for %.0f ms only", millis(stood));
            long resumed = System.nanoTime();
            // The first may have been due before; from then on each is a tick later than the one before.
            while (since(resumed) < 4 * TICK.toNanos()) {
                if (arriving.tryReceive() != null) {
                    ticks.getAndIncrement();
                }
                Thread.onSpinWait();
            }
            long span = since(resumed);
            alarm.receive();
            run.until("the delayed call and the callback", () -> calls.get() >= 1 + once);
            call.await();
            check(deadline.isDone() && calls.get() == 2, "%d calls", calls.get());
            check(alarm.tryReceive() == null, "the alarm came twice");
            int most = (int) (span / TICK.toNanos()) + 2;
            check(ticks.get() <= most, "%d ticks within %.0f ms", ticks.get(), millis(span));
            figure("29: stood still for %.0f ms: %d ticks of %d ms in the %.0f ms after that, each due timer once",
                    millis(stood),
                    ticks.get(), TICK.toMillis(), millis(span));
        }
    }

    /// The broken twin's ticker: it makes up for all that it has missed, as a fixed rate of the JDK does.
    private static final class CatchesUp implements AutoCloseable {
        private final Chan<Instant> ticks = Chan.unlimited();
        private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

        CatchesUp() {
            var _ = timer.scheduleAtFixedRate(() -> ticks.send(Instant.now()), TICK.toNanos(), TICK.toNanos(),
                    TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            timer.shutdownNow();
        }
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
