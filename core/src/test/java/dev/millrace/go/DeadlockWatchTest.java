package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Item;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the watch says of whole programs, each in a JVM of its own.
class DeadlockWatchTest {
    private static final String DEADLOCK = "fatal error: all goroutines are asleep - deadlock!\n\n";

    @ParameterizedTest
    @Item("GO-16")
    @CsvSource(delimiter = '|', textBlock = """
            send      | goroutine 1 [chan send on channel "c" (unbuffered)
            receive   | goroutine 1 [chan receive on channel "c" (0 of 2)
            nil       | goroutine 1 [chan receive (nil chan)
            select    | goroutine 1 [select (no cases)
            mutex     | goroutine 1 [sync.Mutex.Lock on mutex "m" (locked, 1 waiting)
            waitgroup | goroutine 1 [sync.WaitGroup.Wait (counter 1, 1 waiting)
            cond      | goroutine 1 [sync.Cond.Wait (1 waiting, with mutex "m" (unlocked))
            context   | goroutine 1 [done: never
            """)
    void watch_everybodyAsleepUnderCrash_endsTheProcessAsGoDoes(String how, String line) throws Exception {
        var ended = new Child().option("-Ddev.millrace.failure=crash").run(StuckTestMains.ForGood.class, how);
        assertAll(
                () -> assertEquals(2, ended.status(), ended.err()),
                () -> assertEquals("", ended.out()),
                () -> assertTrue(ended.err().startsWith(DEADLOCK + line), ended.err()),
                () -> assertTrue(
                        ended.err().contains("\tat dev.millrace.go.StuckTestMains$ForGood.wait(StuckTestMains.java:"),
                        ended.err()));
    }

    @Test
    @Item("GO-16")
    void watch_goroutinesAndMainAsleep_showsAllOfThem() throws Exception {
        var ended = new Child().option("-Ddev.millrace.failure=crash").option("-Ddev.millrace.debug=true")
                .run(StuckTestMains.ForGood.class, "others");
        assertAll(
                () -> assertEquals(2, ended.status(), ended.err()),
                () -> assertTrue(
                        ended.err().startsWith(DEADLOCK + "goroutine 1 [sync.WaitGroup.Wait (counter 2, 1 waiting)"),
                        ended.err()),
                () -> assertEquals(3, ended.err().split("\\]:\n").length - 1, ended.err()),
                () -> assertEquals(2,
                        ended.err().split("\\[chan receive on channel \"jobs\" \\(unbuffered\\)").length - 1,
                        ended.err()),
                () -> assertTrue(ended.err().contains(
                        "created by dev.millrace.go.StuckTestMains$ForGood.wait in goroutine 1 at StuckTestMains.java:"),
                        ended.err()),
                () -> assertTrue(ended.err().contains("would receive; nobody who waits would send"), ended.err()));
    }

    @Test
    @Item("GO-16")
    void watch_selectsThatFaceEachOther_areNamed() throws Exception {
        var ended = new Child().option("-Ddev.millrace.failure=crash").run(StuckTestMains.ForGood.class, "facing");
        assertEquals(2, ended.status(), ended.err());
        assertTrue(
                ended.err().contains(" select on the same channels and none of their cases meet: both send to channel"
                        + " \"left\" (unbuffered) and receive from channel \"right\" (unbuffered)"),
                ended.err());
    }

    @Test
    @Item("GO-16")
    void watch_selectWithBothSidesOfAChannel_isShownAtBoth() throws Exception {
        var ended = new Child().option("-Ddev.millrace.failure=crash").run(StuckTestMains.ForGood.class, "both");
        assertEquals(2, ended.status(), ended.err());
        assertTrue(
                ended.err()
                        .contains("channel \"own\" (unbuffered): goroutine 1 would send; goroutine 1 would receive\n"),
                ended.err());
    }

    @Test
    @Item("GO-16")
    void watchProperty_everybodyAsleep_needsNoCall() throws Exception {
        var ended = new Child().option("-Ddev.millrace.failure=crash").option("-Ddev.millrace.watch=true")
                .run(Plain.class);
        assertEquals(2, ended.status(), ended.err());
        assertTrue(ended.err().startsWith(DEADLOCK + "goroutine 1 [chan send on channel (unbuffered)"), ended.err());
    }

    static final class Plain {
        public static void main(String[] args) {
            dev.millrace.chan.Chan.<Integer>unbuffered().send(10);
        }
    }

    @ParameterizedTest
    @Item("GO-17")
    @ValueSource(strings = {"timer", "sleeper"})
    void watch_timerOrSleeperPending_saysNothing(String how) throws Exception {
        goesOn(how);
    }

    @Test
    @Item("GO-17")
    void watch_sleepersOverAndMainStillAsleep_reportsThen() throws Exception {
        var ended = new Child().run(StuckTestMains.Later.class, "sleeper that leaves");
        assertEquals(2, ended.status(), ended.err());
        assertEquals("slept true\n", ended.out());
        assertTrue(ended.err().startsWith(DEADLOCK + "goroutine 1 [chan receive on channel \"c\""), ended.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "daemon",
        "daemon that waits elsewhere",
        "foreign virtual thread that sleeps",
        "foreign virtual thread that computes",
        "foreign virtual thread at a socket",
        "goroutine in a queue",
        "busy hand-overs"
    })
    void watch_somebodyMayStillCome_saysNothing(String who) throws Exception {
        goesOn(who);
    }

    private static void goesOn(String how) throws Exception {
        var ended = new Child().run(StuckTestMains.Later.class, how);
        assertEquals("main goes on\n", ended.out(), ended.err());
        assertEquals("", ended.err());
        assertEquals(0, ended.status());
    }

    @Test
    void watch_underReport_saysEachWaitOnce() throws Exception {
        var ended = new Child().run(Twice.class);
        assertEquals("reports 1\nreports 2\n", ended.out(), ended.err());
        assertEquals(0, ended.status(), ended.err());
    }

    static final class Twice {
        public static void main(String[] args) {
            StuckTestMains.twice();
        }
    }
}
