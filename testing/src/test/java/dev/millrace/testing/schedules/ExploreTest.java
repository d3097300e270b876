package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What users see: results, texts, errors.
class ExploreTest {
    @Test
    void program_failed_messageSaysWhatWhenAndHowToRepeat() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(Programs::lostUpdate));
        String text = error.getMessage();
        assertTrue(text.startsWith("[0] main threw java.lang.AssertionError: n is 1"), text);
        assertTrue(text.contains("Found in schedule "), text);
        assertTrue(text.contains("Choices: " + error.choices()), text);
        assertTrue(text.contains("-Dmillrace.explore.replay=" + error.choices()), text);
        assertTrue(text.contains("[1] other") && text.contains("reads n  Programs$Torn.add (Programs.java:"), text);
        assertInstanceOf(AssertionError.class, error.getCause());
        assertEquals("n is 1", error.getCause().getMessage());
    }

    @Test
    void deadlock_found_eachThreadSaysWhatItWaitsForAndWhere() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(Programs::locksInBothOrders));
        String text = error.getMessage();
        assertTrue(text.contains("[0] main waits for the monitor of Object"), text);
        assertTrue(text.contains("[1] other waits for a ReentrantLock that [0] main holds"), text);
        assertTrue(text.contains("at dev.millrace.testing.schedules.Programs.lambda$locks$"), text);
        assertFalse(text.contains("explore.engine"), text);
    }

    @Test
    void threadLeftWaiting_bodyEnded_isADeadlock() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> Programs.go("left", () -> {
            synchronized (Programs.class) {
                try {
                    Programs.class.wait();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        })));
        assertTrue(error.getMessage().startsWith("deadlock: main has ended, and nobody who is left can run"),
                error.getMessage());
    }

    @Test
    void daemonThread_leftWaiting_isNoDeadlock() {
        Explore.all(() -> Thread.ofPlatform().daemon().start(() -> {
            synchronized (Programs.class) {
                try {
                    Programs.class.wait();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }));
    }

    @Test
    void failure_inOtherThread_fails() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> Programs.go("other", () -> {
            throw new IllegalStateException("so");
        }).join()));
        assertTrue(error.getMessage().startsWith("[1] other threw java.lang.IllegalStateException: so"),
                error.getMessage());
    }

    @Test
    void livelock_nobodyMakesProgress_isReportedWithItsPlace() {
        String text = assertThrows(ScheduleError.class, () -> Explore.all(ExploreTest::waitsForNobody)).getMessage();
        assertTrue(text.startsWith("livelock: those who can run only give way to each other"), text);
        assertTrue(
                text.contains("[0] main can run\n        at dev.millrace.testing.schedules.ExploreTest.waitsForNobody("
                        + "ExploreTest.java:"),
                text);
    }

    private static void waitsForNobody() {
        var never = new AtomicBoolean();
        while (!never.get()) {
            Thread.onSpinWait();
        }
    }

    /// Each waits for the other to be through: both are named, with their places.
    @Test
    void livelock_twoGiveWayToEachOther_namesBoth() {
        String text = assertThrows(ScheduleError.class, () -> Explore.all(ExploreTest::politePair)).getMessage();
        assertTrue(text.startsWith("livelock"), text);
        assertTrue(text.contains("[0] main can run\n        at dev.millrace.testing.schedules.ExploreTest.afterYou("),
                text);
        assertTrue(text.contains("[1] other can run\n        at dev.millrace.testing.schedules.ExploreTest.afterYou("),
                text);
    }

    private static void politePair() throws InterruptedException {
        var mine = new AtomicBoolean();
        var theirs = new AtomicBoolean();
        var other = Programs.go("other", () -> afterYou(mine, theirs));
        afterYou(theirs, mine);
        other.join();
    }

    private static void afterYou(AtomicBoolean before, AtomicBoolean after) {
        while (!before.get()) {
            Thread.yield();
        }
        after.set(true);
    }

    @Test
    void time_nobodyCanRun_goesOnAtOnce() {
        Explore.all(() -> {
            long start = System.nanoTime();
            Thread.sleep(Duration.ofDays(1));
            assertEquals(Duration.ofDays(1).toNanos(), System.nanoTime() - start);
        });
    }

    @Test
    void choose_numbers_eachInItsTurn() {
        var explored = Explore.all(() -> Programs.check(Explore.choose(3) + 3 * Explore.choose(2) < 6, "too large"));
        assertEquals(6, explored.schedules());
        var error = assertThrows(
                ScheduleError.class, () -> Explore.all(() -> Programs.check(Explore.choose(3) != 2, "two")));
        assertThrows(
                ScheduleError.class,
                () -> Explore.options().replay(error.choices()).run(
                        () -> Programs.check(Explore.choose(3) != 2, "two")));
        assertThrows(IllegalStateException.class, () -> Explore.choose(2));
    }

    @Test
    void captured_stringsAndNumbers_areHandedOver() {
        int n = 41;
        String text = "x";
        Explore.all(() -> Programs.check(n == 41 && text.equals("x"), "others"));
    }

    @Test
    void captured_objectFromOutside_isRefused() {
        var outside = new Programs.Torn();
        var refused = assertThrows(
                IllegalArgumentException.class, () -> Explore.all(() -> Programs.check(outside.n == 0, "other")));
        assertTrue(refused.getMessage().contains("Programs$Torn from outside"), refused.getMessage());
    }

    @Test
    void program_noLambda_isRefused() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Explore.all(new Explore.Program() {
            @Override
            public void run() {}
        }));
        assertTrue(refused.getMessage().contains("must be written as a lambda"), refused.getMessage());
    }

    @Test
    void options_badValues_areRefused() {
        var options = Explore.options();
        assertEquals("preemptions must be >= 0, was -1",
                assertThrows(IllegalArgumentException.class, () -> options.preemptions(-1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> options.schedules(0));
        assertThrows(IllegalArgumentException.class, () -> options.time(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> options.acts(0));
        assertThrows(IllegalArgumentException.class, () -> options.priorities(0, 1));
        var refused = assertThrows(IllegalArgumentException.class, () -> options.replay("x").run(() -> {}));
        assertTrue(refused.getMessage().contains("was \"x\""), refused.getMessage());
    }

    @Test
    void replay_ofAnotherProgram_isADivergence() {
        var error = assertThrows(
                ScheduleError.class, () -> Explore.options().replay("2=7").run(Programs::lostUpdate));
        assertTrue(error.getMessage().startsWith("divergence"), error.getMessage());
    }

    /// The property runs that one order, whatever the options say, and no other.
    @Test
    void replay_byTheProperty_runsThatOrderOnly() {
        var found = assertThrows(ScheduleError.class, () -> Explore.all(Programs::lostUpdate));
        System.setProperty("millrace.explore.replay", found.choices());
        try {
            var again = assertThrows(ScheduleError.class,
                    () -> Explore.options().random(5).schedules(1_000).all(Programs::lostUpdate));
            assertEquals(found.choices(), again.choices());
            assertTrue(again.getMessage().contains("Found in schedule 1,"), again.getMessage());
            System.setProperty("millrace.explore.replay", "");
            assertEquals(1, Explore.options().run(Programs::lostUpdate).schedules());
        } finally {
            System.clearProperty("millrace.explore.replay");
        }
        assertThrows(ScheduleError.class, () -> Explore.all(Programs::lostUpdate));
    }

    @Test
    void limit_reached_allFailsAndRunSaysIncomplete() {
        var explored = Explore.options().schedules(2).run(Programs::spinLock);
        assertFalse(explored.complete());
        var error = assertThrows(ScheduleError.class, () -> Explore.options().schedules(2).all(Programs::spinLock));
        assertTrue(error.getMessage().contains("not all could be run: 2 in"), error.getMessage());
    }

    @Test
    void orders_ofTwoThreadsOfTwoActs_areAllSeen() {
        for (int order = 0; order < 6; order++) {
            int wanted = order;
            var error = assertThrows(ScheduleError.class, () -> Explore.options().preemptions(3).all(() -> {
                var log = new AtomicInteger(1);
                var other = Programs.go("other", () -> {
                    log.updateAndGet(n -> 2 * n);
                    log.updateAndGet(n -> 2 * n);
                });
                log.updateAndGet(n -> 2 * n + 1);
                log.updateAndGet(n -> 2 * n + 1);
                other.join();
                // 1, then a 1 for each act of main and a 0 for each of the other: four digits, two of each
                int[] orders = {0b11100, 0b11010, 0b11001, 0b10110, 0b10101, 0b10011};
                Programs.check(log.get() != orders[wanted], "seen");
            }));
            assertTrue(error.getMessage().contains("AssertionError: seen"), error.getMessage());
        }
    }

    @Test
    void choices_foundByChance_areMadeFewer() {
        for (var options : java.util.List.of(Explore.options().random(3), Explore.options().priorities(3, 3))) {
            var error = assertThrows(ScheduleError.class, () -> options.run(Programs::checkThenAct));
            assertTrue(error.choices().split(",").length <= 4, error.getMessage());
            assertThrows(
                    ScheduleError.class, () -> Explore.options().replay(error.choices()).run(Programs::checkThenAct));
        }
    }

    static void sendsAndReceives() {
        var chan = dev.millrace.chan.Chan.<Integer>unbuffered();
        var wg = new dev.millrace.sync.WaitGroup();
        wg.go(() -> chan.send(1));
        wg.go(() -> chan.send(2));
        Programs.check(chan.receive() + chan.receive() == 3, "lost one");
        wg.await();
    }

    @Test
    void library_inOneStep_fewerSchedulesAndStillComplete() {
        var whole = Explore.options().preemptions(1).whole().all(ExploreTest::sendsAndReceives);
        var steps = Explore.options().preemptions(1).all(ExploreTest::sendsAndReceives);
        assertTrue(steps.schedules() < whole.schedules(), steps + ", " + whole);
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var chan = dev.millrace.chan.Chan.<Integer>buffered(2);
            Programs.go("other", () -> chan.send(1));
            chan.send(2);
            Programs.check(chan.receive() == 2, "the other was first");
            chan.receive();
        }));
        assertTrue(error.getMessage().contains("the other was first"), error.getMessage());
    }

    @Test
    void foreignWait_ofTheJdk_isNamed() {
        System.setProperty("millrace.explore.patience", "1");
        ScheduleError error;
        try {
            error = assertThrows(
                    ScheduleError.class, () -> Explore.all(() -> new ServerSocket(0).accept()));
        } finally {
            System.clearProperty("millrace.explore.patience");
        }
        assertTrue(error.getMessage().contains("does not come back"), error.getMessage());
        assertTrue(error.getMessage().contains("ServerSocket.accept"), error.getMessage());
    }
}
