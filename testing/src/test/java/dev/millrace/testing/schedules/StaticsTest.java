package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Static fields of the program begin anew in each schedule.
class StaticsTest {
    static void twoActs() throws InterruptedException {
        var n = new AtomicInteger();
        var other = Programs.go("other", n::incrementAndGet);
        n.incrementAndGet();
        other.join();
    }

    static final class Counts {
        static int plain;
        static long begins = 7;
        static final AtomicInteger ATOMIC = new AtomicInteger(3);
        static final List<String> LIST = new ArrayList<>();
        static final int[] ARRAY = {1, 2};
    }

    @Test
    void staticFields_changedByASchedule_beginAnewInTheNext() {
        var explored = Explore.all(() -> {
            Programs.check(Counts.plain == 0 && Counts.begins == 7, "plain " + Counts.plain);
            Programs.check(Counts.ATOMIC.get() == 3 && Counts.LIST.isEmpty(), "" + Counts.ATOMIC + Counts.LIST);
            Programs.check(Counts.ARRAY[0] == 1, "array " + Counts.ARRAY[0]);
            twoActs();
            Counts.plain++;
            Counts.begins = 1;
            Counts.ATOMIC.incrementAndGet();
            Counts.LIST.add("x");
            Counts.ARRAY[0] = 9;
        });
        assertTrue(explored.schedules() > 1, explored.toString());
    }

    static final class Single {
        static final AtomicInteger MADE = new AtomicInteger();
        private static volatile Single only;

        Single() {
            MADE.incrementAndGet();
        }

        static Single inTwoSteps() {
            if (only == null) {
                only = new Single();
            }
            return only;
        }

        static Single checkedTwice() {
            if (only == null) {
                synchronized (Single.class) {
                    if (only == null) {
                        only = new Single();
                    }
                }
            }
            return only;
        }
    }

    static void madeTwice() throws InterruptedException {
        var other = Programs.go("other", Single::inTwoSteps);
        Single.inTwoSteps();
        other.join();
        Programs.check(Single.MADE.get() == 1, "made " + Single.MADE);
    }

    /// In the first schedule it is made once, and would stay.
    @Test
    void singleton_madeInTwoSteps_isFound() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(StaticsTest::madeTwice));
        assertTrue(error.getMessage().contains("made 2"), error.getMessage());
        assertThrows(
                ScheduleError.class, () -> Explore.options().replay(error.choices()).run(StaticsTest::madeTwice));
        Explore.all(() -> {
            var other = Programs.go("other", Single::checkedTwice);
            Single.checkedTwice();
            other.join();
            Programs.check(Single.MADE.get() == 1, "made " + Single.MADE);
        });
    }

    static final class Shared {
        static final ExecutorService POOL = Executors.newFixedThreadPool(1);
    }

    @Test
    void staticPool_eachSchedule_hasThreadsOfItsOwn() {
        Explore.options().preemptions(1).all(() -> {
            Programs.check(Shared.POOL.submit(() -> 7).get() == 7, "not 7");
            Shared.POOL.shutdown();
        });
    }

    static class Config {
        static String name = "none";
    }

    static final class Holder {
        static final String[] SEEN = {Config.name};
    }

    /// It is done when the program first uses the class, as in a JVM, not before the program begins.
    @Test
    void initialiser_laterThanAWrite_seesItInEachSchedule() {
        Explore.all(() -> {
            Config.name = "set";
            twoActs();
            Programs.check(Holder.SEEN[0].equals("set"), "seen " + Holder.SEEN[0]);
        });
    }

    static class Above {
        static final StringBuffer LOG = new StringBuffer("above ");
        static int n;
    }

    static class Middle extends Above {}

    static final class Below extends Middle {
        static int m = 5;

        static {
            LOG.append("below ");
        }
    }

    @Test
    void initialiser_ofASubclass_comesAfterThatAbove() {
        Explore.all(() -> {
            twoActs();
            Below.n++;
            Programs.check(Below.m == 5 && Above.LOG.toString().equals("above below "), Above.LOG.toString());
            Programs.check(Middle.n == 1, "n is " + Middle.n);
            Below.m++;
        });
    }

    static final class Failing {
        static int n = Integer.parseInt("x");
    }

    @Test
    void initialiser_fails_asInAJvmInEachSchedule() {
        Explore.all(() -> {
            twoActs();
            var first = assertThrows(ExceptionInInitializerError.class, () -> Programs.check(Failing.n == 0, ""));
            Programs.check(first.getCause() instanceof NumberFormatException, "" + first.getCause());
            assertThrows(NoClassDefFoundError.class, () -> Programs.check(Failing.n == 0, ""));
        });
    }

    static final class Slow {
        static final int[] VALUE = new int[1];

        static {
            try {
                var helper = Programs.go("helper", () -> VALUE[0] = 4);
                helper.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    static final class Asks {
        static final int[] VALUE = new int[1];

        static {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            VALUE[0] = 4;
        }
    }

    @Test
    void initialiser_waits_othersWaitForIt() {
        Explore.all(() -> {
            var other = Programs.go("other", () -> Programs.check(Asks.VALUE[0] == 4, "not there"));
            Programs.check(Asks.VALUE[0] == 4, "not there");
            other.join();
        });
    }

    /// The famous deadlock: the helper needs the class whose initialiser waits for it.
    @Test
    void initialiser_waitsForAThreadThatNeedsIt_isADeadlockWithItsName() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> Programs.check(Slow.VALUE[0] == 4, "")));
        assertTrue(error.getMessage().startsWith("deadlock: nobody can run"), error.getMessage());
        assertTrue(error.getMessage().contains("helper waits for the static initialiser of "
                + "dev.millrace.testing.schedules.StaticsTest$Slow"), error.getMessage());
    }

    enum Kept {
        IT;

        int runs;
    }

    /// The constants of an enum stay the same: what they keep can make schedules differ. Then it is named.
    @Test
    void enumKeepsState_decides_isNamedInTheDivergence() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var n = new AtomicInteger();
            if (Kept.IT.runs++ % 2 == 0) {
                n.incrementAndGet();
            }
            var other = Programs.go("other", n::incrementAndGet);
            n.incrementAndGet();
            other.join();
        }));
        assertTrue(error.getMessage().startsWith("divergence"), error.getMessage());
        assertTrue(error.getMessage().contains("kept from schedule to schedule in "
                + "dev.millrace.testing.schedules.StaticsTest$Kept.runs"), error.getMessage());
    }

    static final class Named {
        static int loaded;

        static {
            Config.name = "loaded";
        }
    }

    @Test
    void classForName_initialises_inEachSchedule() {
        Explore.all(() -> {
            twoActs();
            Programs.check(Config.name.equals("none"), Config.name);
            Class.forName(StaticsTest.class.getName() + "$Named");
            Programs.check(Config.name.equals("loaded"), Config.name);
        });
    }
}
