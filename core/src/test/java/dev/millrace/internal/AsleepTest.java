package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.go.Until;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What two looks say together, and which threads are the JVM's own.
class AsleepTest {
    private static Sight parked(Waiter[] made) throws Exception {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            made[0] = new Waiter(Scheduler.real());
            made[0].await("the test");
        });
        Until.until("parks", () -> Waiter.of(thread) != null);
        return new Sight(thread, null, Waiter.of(thread));
    }

    @Test
    void follows_sameWaitsAndNoThreadMade_holds() throws Exception {
        var made = new Waiter[1];
        Sight sight = parked(made);
        assertTrue(sight.isSame());
        assertTrue(new Asleep(List.of(sight), 7, 8).isFollowedBy(new Asleep(List.of(sight), 9, 10)));
        made[0].claim(Waiter.READY);
        assertFalse(sight.isSame());
        made[0].wake();
    }

    @Test
    void follows_otherWaitOfTheSameThread_doesNotHold() throws Exception {
        var made = new Waiter[1];
        Sight sight = parked(made);
        var later = new Sight(sight.thread(), null, new Waiter(Scheduler.real()));
        assertFalse(new Asleep(List.of(sight), 7, 8).isFollowedBy(new Asleep(List.of(later), 9, 10)));
        assertFalse(new Asleep(List.of(sight), 7, 8).isFollowedBy(new Asleep(List.of(sight, later), 9, 10)));
        assertFalse(new Asleep(List.of(sight, later), 7, 8).isFollowedBy(new Asleep(List.of(sight), 9, 10)));
        made[0].claim(Waiter.READY);
        made[0].wake();
    }

    @Test
    void follows_threadMadeWithinOrBetween_doesNotHold() throws Exception {
        var made = new Waiter[1];
        List<Sight> same = List.of(parked(made));
        assertFalse(new Asleep(same, 7, 9).isFollowedBy(new Asleep(same, 10, 11)), "in the first");
        assertFalse(new Asleep(same, 7, 8).isFollowedBy(new Asleep(same, 10, 11)), "between");
        assertFalse(new Asleep(same, 7, 8).isFollowedBy(new Asleep(same, 9, 11)), "in the second");
        made[0].claim(Waiter.READY);
        made[0].wake();
    }

    @Test
    void judge_oneLook_isNotEnough() throws Exception {
        var made = new Waiter[1];
        List<Sight> same = List.of(parked(made));
        var judge = new Asleep.Judge();
        assertFalse(judge.isDeadlock(new Asleep(same, 7, 8)), "one look");
        assertFalse(judge.isDeadlock(null), "somebody may go on");
        assertFalse(judge.isDeadlock(new Asleep(same, 9, 10)), "one look again");
        assertFalse(judge.isDeadlock(new Asleep(same, 12, 13)), "a thread was made");
        assertTrue(judge.isDeadlock(new Asleep(same, 14, 15)));
        made[0].claim(Waiter.READY);
        made[0].wake();
    }

    @Test
    void threadNumbers_ofAllKinds_comeFromOneCounter() {
        boolean seen = false;
        for (int i = 0; i < 1_000 && !seen; i++) { // others may make threads meanwhile
            long first = new Thread(() -> {}).threadId();
            long second = Thread.ofVirtual().unstarted(() -> {}).threadId();
            seen = second == first + 1;
            assertTrue(second > first);
        }
        assertTrue(seen);
    }

    @Test
    void isJvmsOwn_foreignThreads_areNot() throws Exception {
        assertFalse(Asleep.isJvmsOwn(Thread.currentThread()));
        var names = List.of("Reference Handler", "Common-Cleaner", "ForkJoinPool-1-worker-1", "Signal Dispatcher",
                "Cleaner-0");
        for (String name : names) { // the name alone is not enough
            Thread thread =
                    Thread.ofPlatform().daemon().name(name).start(() -> new Waiter(Scheduler.real()).await("the test"));
            Until.waits(thread);
            assertFalse(Asleep.isJvmsOwn(thread), name);
        }
    }

    @Test
    void look_threadThatIsForeign_saysNothing() {
        assertEquals(null, Asleep.look(), "the thread of this test runs, and so may wake anybody");
    }

    @Test
    void timers_pendingOrFiring_areAwaited() throws Exception {
        var real = new RealScheduler(); // nobody else's timers are in it
        assertFalse(real.isAwaited());
        var fires = new java.util.concurrent.CountDownLatch(1);
        var goOn = new java.util.concurrent.CountDownLatch(1);
        real.schedule(new Timer() {
            @Override
            protected void fire() {
                fires.countDown();
                awaitQuietly(goOn);
            }
        }, real.nanoTime());
        fires.await();
        assertTrue(real.isAwaited(), "it has left the heap, and what it does is not done");
        goOn.countDown();
        Until.until("it is done", () -> !real.isAwaited());
    }

    private static void awaitQuietly(java.util.concurrent.CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void outside_nodeThatSomebodyHears_mayRelease() {
        Node root = new PlainNode(null, Scheduler.real(), "signals");
        Outside note = Outside.note(root, true);
        try {
            root.add(new Deaf());
            assertFalse(Outside.mayRelease(), "the one hearer is the caller's own");
            Node child = new PlainNode(root, Scheduler.real(), "request");
            var waits = new Waiter(Scheduler.real());
            child.add(waits);
            assertTrue(Outside.mayRelease(), "somebody waits below");
            child.remove(waits);
            assertFalse(Outside.mayRelease());
        } finally {
            note.forget();
        }
        root.add(new Deaf());
        assertFalse(Outside.mayRelease(), "nothing ends it from outside any more");
    }

    private static final class Deaf extends Listener {
        @Override
        protected void tell(Ending ending) {}
    }
}
