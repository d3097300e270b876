package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.chan.Chan;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.examples.readme.Locks.Limits;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LocksTest {
    @Test
    void hits_ofManyGoroutines_areAllCounted() {
        var counter = new Locks.Counter();
        var wg = new WaitGroup();
        for (int i = 0; i < 50; i++) {
            wg.go(() -> counter.hit("/"));
        }
        wg.await();
        assertEquals(50, counter.hits("/"));
        assertEquals(0, counter.hits("/none"));
    }

    @Test
    void select_lockIsFree_takesIt() {
        var counter = new Locks.Counter();
        counter.hit("/");
        assertEquals("hits: {/=1}", counter.report(Context.background(), Chan.never()));
        assertFalse(counter.mutex().isLocked());
    }

    @Test
    void select_lockIsHeld_takesWhatComesOrGivesUp() {
        var counter = new Locks.Counter();
        var stop = Chan.<String>buffered(1);
        var ctx = Context.background().withCancel();
        counter.mutex().lock();
        assertEquals("no report: too busy", counter.report(ctx, stop));
        stop.send("closing time");
        assertEquals("no report: closing time", counter.report(ctx, stop));
        ctx.cancel();
        assertThrows(CancelledException.class, () -> counter.report(ctx, stop));
        counter.mutex().unlock();
        assertFalse(counter.mutex().isLocked());
    }

    @Test
    void config_reload_isSeenByReaders() {
        var config = new Locks.Config(() -> new Limits(20));
        assertEquals(10, config.connections());
        config.reload(Context.background());
        assertEquals(20, config.connections());
    }

    @Test
    void lazy_manyCalls_loadOnce() {
        var loads = new AtomicInteger();
        var lazy = new Locks.Lazy(() -> new Limits(loads.incrementAndGet()));
        assertEquals(1, lazy.connections());
        assertEquals(1, lazy.connections());
    }

    @Test
    void jobs_takenBeforeTheyArePut_areTakenOnceEach() {
        var jobs = new Locks.Jobs();
        Set<String> taken = ConcurrentHashMap.newKeySet();
        var wg = new WaitGroup();
        for (int i = 0; i < 10; i++) {
            wg.go(() -> taken.add(jobs.take(Context.background())));
        }
        for (int i = 0; i < 10; i++) {
            jobs.put("job " + i);
        }
        wg.await();
        assertEquals(10, taken.size());
    }

    @Test
    void jobs_noneInTime_takeGivesUpAndTheLockIsFree() {
        var jobs = new Locks.Jobs();
        try (var ctx = Context.background().withTimeout(Duration.ofMillis(5))) {
            assertThrows(DeadlineExceededException.class, () -> jobs.take(ctx));
        }
        jobs.put("job");
        assertEquals("job", jobs.take(Context.background()));
    }

    @Test
    void pool_reusedBuilder_isEmptyAtFirst() {
        assertEquals("ab", Locks.join(List.of("a", "b")));
        assertEquals("c", Locks.join(List.of("c")));
    }

    @Test
    void sessions_openTwice_areOne() {
        var sessions = new Locks.Sessions();
        assertSame(sessions.open("ada"), sessions.open("ada"));
    }

    @Test
    void images_permit_holdsItsShareOnly() {
        var images = new Locks.Images();
        assertEquals("rendered with 12 MB left", images.render(Context.background(), 500));
        assertEquals("rendered with 12 MB left", images.render(Context.background(), 500));
    }
}
