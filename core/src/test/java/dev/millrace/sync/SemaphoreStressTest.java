package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Spell;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SemaphoreStressTest {
    /// Ten that wait, ten grants and ten cancels at once, ten thousand times: each has tokens or an exception, and none are lost.
    @Test
    @Item({"SM-07"})
    void acquire_grantAgainstCancel_hundredThousandRaces_nothingLost() throws Exception {
        int width = 10;
        int granted = 0;
        int cancelled = 0;
        var sem = new WeightedSemaphore(width);
        for (int round = 0; round < 10_000; round++) {
            sem.acquire(width);
            var got = new AtomicInteger();
            var lost = new AtomicInteger();
            var actors = new ArrayList<Actor>();
            var contexts = new ArrayList<dev.millrace.context.CancellableContext>();
            for (int i = 0; i < width; i++) {
                var ctx = Context.background().withCancel();
                contexts.add(ctx);
                actors.add(Actor.go(() -> {
                    try {
                        sem.acquire(ctx, 1);
                        got.incrementAndGet();
                    } catch (CancelledException e) {
                        lost.incrementAndGet();
                    }
                }));
            }
            if (round % 2 == 0) {
                WeightedSemaphoreTest.waiting(sem, width);
            }
            Actor canceller = Actor.go(() -> {
                for (var ctx : contexts) {
                    ctx.cancel();
                }
            });
            Actor.stagger();
            for (int i = 0; i < width; i++) {
                sem.release(1);
            }
            canceller.join();
            Actor.join(actors);
            assertEquals(width, got.get() + lost.get());
            WeightedSemaphoreTest.state(width, got.get(), 0, 0, sem);
            sem.release(got.get());
            assertTrue(sem.tryAcquire(width), "some were lost");
            sem.release(width);
            granted += got.get();
            cancelled += lost.get();
        }
        assertTrue(granted > 0 && cancelled > 0, "the race must be one: " + granted + ", " + cancelled);
    }

    /// The same for selects: a case that has happened holds its tokens, a case that has not holds none.
    @Test
    @Item({"SM-07"})
    void select_grantAgainstAnotherCase_nothingLost() throws Exception {
        var sem = new WeightedSemaphore(4);
        int taken = 0;
        int received = 0;
        for (int round = 0; round < 4_000; round++) {
            sem.acquire(4);
            var chan = Chan.<Integer>buffered(4);
            var got = new AtomicInteger();
            var other = new AtomicInteger();
            var actors = new ArrayList<Actor>();
            for (int i = 0; i < 4; i++) {
                actors.add(Actor.go(() -> Select.<Integer>first()
                        .acquire(sem, 1, got::incrementAndGet)
                        .receive(chan, _ -> other.incrementAndGet())
                        .run()));
            }
            if (round % 2 == 0) {
                WeightedSemaphoreTest.waiting(sem, 4);
            }
            Actor sender = Actor.go(() -> {
                for (int i = 0; i < 4; i++) {
                    chan.send(i);
                }
            });
            Actor.stagger();
            for (int i = 0; i < 4; i++) {
                sem.release(1);
            }
            sender.join();
            Actor.join(actors);
            assertEquals(4, got.get() + other.get());
            assertEquals(4 - other.get(), chan.len());
            WeightedSemaphoreTest.state(4, got.get(), 0, 0, sem);
            sem.release(got.get());
            taken += got.get();
            received += other.get();
        }
        assertTrue(taken > 0 && received > 0, "the race must be one: " + taken + ", " + received);
    }

    /// At each instant one of the two can be taken, though never the same for long: a poll must not say that none can.
    @Test
    void select_default_isTakenOnlyWhenAtOneInstantNothingWasFree() throws Exception {
        var a = new WeightedSemaphore(1);
        var b = new WeightedSemaphore(1);
        b.acquire(1);
        var stop = new AtomicBoolean();
        Actor mover = Actor.platform(() -> {
            var free = a;
            var taken = b;
            while (!stop.get()) {
                taken.release(1);
                free.acquire(1);
                var was = free;
                free = taken;
                taken = was;
            }
            taken.release(1);
        });
        int none = 0;
        long end = System.nanoTime() + 1_000_000_000L;
        while (System.nanoTime() - end < 0) {
            for (int i = 0; i < 100; i++) {
                WeightedSemaphore got = Select.<WeightedSemaphore>first()
                        .acquire(a, 1, () -> a)
                        .acquire(b, 1, () -> b)
                        .orElse(() -> null)
                        .run();
                if (got == null) {
                    none++;
                } else {
                    got.release(1);
                }
            }
        }
        stop.set(true);
        mover.join();
        assertEquals(0, none);
        assertEquals(2, a.available() + b.available());
    }

    @Test
    @Item({"SM-10"})
    void semaphore_allWaysOfAskingAtOnce_neverOverItsSizeAndEmptyAtTheEnd() throws Exception {
        int size = 6;
        var sem = new WeightedSemaphore(size);
        var other = new WeightedSemaphore(2);
        var inUse = new AtomicLong();
        var worst = new AtomicLong();
        var stop = new AtomicBoolean();
        var counts = new AtomicInteger[] {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        var actors = new ArrayList<Actor>();
        for (int i = 0; i < 12; i++) {
            Actor.Body body = () -> {
                while (!stop.get()) {
                    var random = ThreadLocalRandom.current();
                    long n = random.nextInt(size + 1);
                    boolean got = false;
                    try (var ctx = Context.background().withTimeout(Duration.ofNanos(random.nextInt(400_000) + 1))) {
                        switch (random.nextInt(5)) {
                            case 0 -> got = sem.tryAcquire(n);
                            case 1 -> {
                                sem.acquire(n);
                                got = true;
                            }
                            case 2 -> {
                                sem.acquire(ctx, n);
                                got = true;
                            }
                            case 3 -> got = Select.<Boolean>first()
                                    .acquire(sem, n, () -> true)
                                    .acquire(other, 1, () -> {
                                        other.release(1);
                                        return false;
                                    })
                                    .done(ctx, _ -> false)
                                    .run();
                            default -> sem.acquire(ctx, size + 1);
                        }
                        counts[got ? 0 : 1].incrementAndGet();
                    } catch (ContextException | InterruptedWaitException e) {
                        Thread.interrupted();
                        counts[2].incrementAndGet();
                    }
                    if (got) {
                        long now = inUse.addAndGet(n);
                        worst.accumulateAndGet(now, Math::max);
                        Actor.stagger();
                        inUse.addAndGet(-n);
                        sem.release(n);
                    }
                }
            };
            actors.add(i % 4 == 0 ? Actor.platform(body) : Actor.go(body));
        }
        other.acquire(1);
        var spell = Spell.of(Duration.ofMillis(1_200), () -> counts[0].get() > 1_000 && counts[2].get() > 1_000);
        while (spell.lasts()) {
            actors.get(ThreadLocalRandom.current().nextInt(actors.size())).thread().interrupt();
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
        stop.set(true);
        Actor.join(actors);
        assertTrue(worst.get() <= size, "in use at once: " + worst);
        WeightedSemaphoreTest.state(size, 0, 0, 0, sem);
        WeightedSemaphoreTest.state(2, 1, 0, 0, other);
        assertTrue(counts[0].get() > 1_000 && counts[2].get() > 1_000, counts[0] + ", " + counts[1] + ", " + counts[2]);
    }

    @Test
    void resize_upAndDownUnderLoad_losesNobody() throws Exception {
        var sem = new WeightedSemaphore(3);
        var stop = new AtomicBoolean();
        var started = new CountDownLatch(1);
        var rounds = new AtomicInteger();
        var actors = Actor.go(6, () -> {
            started.await();
            while (!stop.get()) {
                long n = ThreadLocalRandom.current().nextInt(6);
                sem.acquire(n);
                Actor.stagger();
                sem.release(n);
                rounds.incrementAndGet();
            }
        });
        started.countDown();
        var spell = Spell.of(Duration.ofMillis(800), () -> rounds.get() > 1_000);
        while (spell.lasts()) {
            sem.resize(ThreadLocalRandom.current().nextInt(8));
        }
        sem.resize(5);
        stop.set(true);
        Actor.join(actors);
        WeightedSemaphoreTest.state(5, 0, 0, 0, sem);
        assertTrue(rounds.get() > 1_000, "rounds: " + rounds);
        assertFalse(sem.tryAcquire(6));
    }
}
