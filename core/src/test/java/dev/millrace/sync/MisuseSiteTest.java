package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.group.SingleFlight;
import dev.millrace.internal.Debug;
import dev.millrace.time.RateLimiter;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// In debug mode the message about a misuse says where the object was made.
class MisuseSiteTest {
    private final boolean before = Debug.on();

    @AfterEach
    void restore() {
        Debug.set(before);
    }

    /// What misuses a new object, and throws what comes of that.
    private interface Misuse {
        void run() throws Exception;
    }

    private static void says(Class<? extends Throwable> type, Misuse misuse) {
        Debug.set(true);
        String with = assertThrows(type, misuse::run).getMessage();
        assertTrue(with.contains("; made at MisuseSiteTest.java:"), with);
        Debug.set(false);
        String without = assertThrows(type, misuse::run).getMessage();
        assertFalse(without.contains("made at"), without);
    }

    @Test
    void once_withinItself_saysWhereItWasMade() {
        says(IllegalStateException.class, () -> {
            var once = new Once();
            once.run(() -> once.run(() -> {}));
        });
    }

    @Test
    void onceValue_withinItself_saysWhereItWasMade() {
        says(IllegalStateException.class, () -> {
            var self = new AtomicReference<OnceValue<Integer>>();
            self.set(OnceValue.of(() -> self.get().get()));
            self.get().get();
        });
        says(IllegalStateException.class, () -> {
            var self = new AtomicReference<OnceFunc>();
            self.set(OnceFunc.of(() -> self.get().run()));
            self.get().run();
        });
    }

    @Test
    void onceValues_withinItself_saysWhereItWasMade() {
        says(IllegalStateException.class, () -> {
            var self = new AtomicReference<OnceValues<Integer, Integer>>();
            self.set(OnceValues.of(() -> self.get().get()));
            self.get().get();
        });
    }

    @Test
    void rwMutex_unlockedByMistake_saysWhereItWasMade() {
        says(SyncError.class, () -> RWMutex.named("table").unlock());
        says(SyncError.class, () -> RWMutex.named("table").rUnlock());
        says(SyncError.class, () -> RWMutex.named("table").readLocker().unlock());
    }

    @Test
    void cond_awaitWithoutTheLock_saysWhereTheLockWasMade() {
        says(SyncError.class, () -> new Cond(Mutex.named("m")).await());
        says(SyncError.class, () -> new Cond(RWMutex.named("table")).await(Context.background()));
        says(SyncError.class, () -> new Cond(RWMutex.named("table").readLocker()).await());
    }

    @Test
    void singleFlight_withinItself_saysWhereItWasMade() {
        says(IllegalStateException.class, () -> {
            var flights = new SingleFlight<String, Integer>("pages");
            flights.get(Context.background(), "a", c -> flights.get(c, "a", _ -> 1));
        });
    }

    @Test
    void rateLimiter_tooMany_saysWhereItWasMade() {
        says(IllegalArgumentException.class, () -> RateLimiter.perSecond(1, 1).reserve(2));
        says(IllegalArgumentException.class, () -> RateLimiter.perSecond(1, 1).allow(-1));
    }
}
