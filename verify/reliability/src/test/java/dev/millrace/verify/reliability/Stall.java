package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Finds that all stand still though there is work: a wake-up that comes late costs no processor time, so a bound of that cannot see it, and a bound
/// of the whole time must be so wide on a busy machine that it does not either.
///
/// A thread looks often whether the work has gone on. It counts the time in which it did not, and only that in which it was let run in time itself: while the machine
/// lets this JVM run nothing, nothing is proved.
final class Stall implements AutoCloseable {
    private static final long LOOK = Duration.ofMillis(20).toNanos();

    /// A look that took longer than this came late, by the machine.
    private static final long IN_TIME = 3 * LOOK;

    private final String what;
    private final LongSupplier done;
    private final long limit;
    private final Thread looking;
    private volatile boolean over;
    private long longest; // of the thread that looks, until it has ended
    private long looks; // the same

    private Stall(String what, LongSupplier done, long limit) {
        this.what = what;
        this.done = done;
        this.limit = limit;
        this.looking = Thread.ofPlatform().daemon().name("stall").start(this::look);
    }

    /// Looks from now on until it is closed.
    ///
    /// @param done how much has been done; grows as long as the work goes on
    static Stall of(Run run, String what, LongSupplier done) {
        return new Stall(what, done, (run.broken() ? Duration.ofMillis(400) : Duration.ofSeconds(5)).toNanos());
    }

    private void look() {
        long last = done.getAsLong();
        long still = 0;
        while (!over) {
            long start = System.nanoTime();
            LockSupport.parkNanos(LOOK);
            long span = since(start);
            long now = done.getAsLong();
            looks++;
            if (now != last) {
                last = now;
                still = 0;
            } else if (span < IN_TIME) {
                still += span;
                longest = Math.max(longest, still);
            }
        }
    }

    /// Whether anybody looks.
    boolean looks() {
        return looking.isAlive();
    }

    /// Fails when it stood still for too long.
    @Override
    public void close() {
        over = true;
        LockSupport.unpark(looking);
        try {
            looking.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted by a stranger", e);
        }
        if (longest > limit / 20) {
            figure("%s stood still for %.0f ms at most, by %d looks", what, millis(longest), looks);
        }
        check(longest < limit, "%s stood still for %.0f ms", what, millis(longest));
    }
}
