package dev.millrace.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CondStressTest {
    /// Two wait, the first gives up at the moment of a signal: either he has it, and the second waits on, or the second has it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Hazard(37)
    void await_signalAgainstGivingUp_signalIsNeverLost(boolean byInterrupt) throws Exception {
        int woken = 0;
        int gaveUp = 0;
        var lock = new Mutex();
        var cond = new Cond(lock);
        for (int round = 0; round < 8_000; round++) {
            try (var ctx = Context.background().withCancel()) {
                Actor first = Actor.go(() -> waitOnce(lock, cond, ctx));
                Until.until("first waits", () -> cond.waiting() == 1);
                Actor second = Actor.go(() -> waitOnce(lock, cond, Context.background()));
                Until.until("second waits", () -> cond.waiting() == 2);
                Actor canceller = Actor.go(() -> {
                    Actor.stagger();
                    if (byInterrupt) {
                        first.thread().interrupt();
                    } else {
                        ctx.cancel();
                    }
                });
                Actor.stagger();
                cond.signal();
                canceller.join();
                Throwable t = first.outcome();
                if (t == null) {
                    woken++;
                    assertEquals(1, cond.waiting());
                    cond.signal();
                } else {
                    assertTrue(byInterrupt ? t instanceof InterruptedWaitException : t instanceof CancelledException,
                            () -> "" + t);
                    gaveUp++;
                }
                second.join();
                assertEquals(0, cond.waiting());
                assertTrue(lock.tryLock());
                lock.unlock();
            }
        }
        assertTrue(woken > 0 && gaveUp > 0, "the race must be one: " + woken + ", " + gaveUp);
    }

    private static void waitOnce(Mutex lock, Cond cond, Context ctx) {
        lock.lock();
        try {
            cond.await(ctx);
        } finally {
            lock.unlock();
        }
    }

    /// A bounded queue with two conditions, single signals, and takers that give up all the time: every value arrives once.
    @Test
    @Item({"CO-02", "CO-08"})
    void cond_boundedQueueWithTakersThatGiveUp_losesNoValue() throws Exception {
        var lock = new Mutex();
        var notEmpty = new Cond(lock);
        var notFull = new Cond(lock);
        var queue = new ArrayDeque<Integer>(); // guarded by lock
        int perSender = 8_000;
        int senders = 3;
        var left = new AtomicInteger(perSender * senders);
        var sum = new java.util.concurrent.atomic.AtomicLong();
        var gaveUp = new AtomicInteger();
        var actors = new ArrayList<Actor>();
        for (int s = 0; s < senders; s++) {
            actors.add(Actor.go(() -> {
                for (int i = 1; i <= perSender; i++) {
                    lock.lock();
                    notFull.awaitUntil(() -> queue.size() < 2);
                    queue.add(i);
                    lock.unlock();
                    notEmpty.signal();
                }
            }));
        }
        var takers = new ArrayList<Actor>();
        for (int t = 0; t < 4; t++) {
            takers.add(Actor.go(() -> {
                while (left.get() > 0) {
                    lock.lock();
                    try (var ctx = Context.background().withTimeout(java.time.Duration.ofNanos(
                            1 + ThreadLocalRandom.current().nextInt(300_000)))) {
                        notEmpty.awaitUntil(ctx, () -> !queue.isEmpty());
                        sum.addAndGet(queue.remove());
                        left.decrementAndGet();
                        notFull.signal();
                    } catch (dev.millrace.context.ContextException e) {
                        gaveUp.incrementAndGet();
                    } finally {
                        lock.unlock();
                    }
                }
            }));
        }
        Actor.join(actors);
        Actor.join(takers);
        assertEquals((long) senders * perSender * (perSender + 1) / 2, sum.get());
        assertEquals(0, notEmpty.waiting() + notFull.waiting());
    }

    /// Broadcasts and newcomers at once: who was in line is woken, nobody is forgotten.
    @Test
    @Item({"CO-03"})
    void broadcast_whileOthersCome_everybodyIsWokenByALaterOne() throws Exception {
        var lock = new Mutex();
        var cond = new Cond(lock);
        var generation = new int[1]; // guarded by lock
        int rounds = 3_000;
        var actors = Actor.go(6, () -> {
            lock.lock();
            for (int seen = 0; seen < rounds;) {
                int now = seen;
                cond.awaitUntil(() -> generation[0] > now);
                seen = generation[0];
            }
            lock.unlock();
        });
        for (int i = 0; i < rounds; i++) {
            lock.lock();
            generation[0]++;
            lock.unlock();
            cond.broadcast();
            Actor.stagger();
        }
        Actor.join(actors);
        assertEquals(0, cond.waiting());
    }
}
