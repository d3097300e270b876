package dev.millrace.go;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// How long a stress goes on: a while at least, and then until it has done enough. A machine with other work may let it do nothing for a
/// second, and so may the JDK's scheduler: who comes to a carrier from outside waits as long as those there find work among themselves.
public final class Spell {
    private static final long MOST = Duration.ofSeconds(60).toNanos();

    private final long start = System.nanoTime();
    private final long least;
    private final BooleanSupplier enough;

    private Spell(long least, BooleanSupplier enough) {
        this.least = least;
        this.enough = enough;
    }

    /// Begins now.
    public static Spell of(Duration least, BooleanSupplier enough) {
        return new Spell(least.toNanos(), enough);
    }

    /// False when it is over. A minute later it is over in any case: then the test says what it missed.
    public boolean lasts() {
        long past = System.nanoTime() - start;
        return past < least || (past < MOST && !enough.getAsBoolean());
    }
}
