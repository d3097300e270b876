package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.testing.junit.Explore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Run by [ExploreAnnotationTest]; not by themselves.
class ExploreSamples {
    private AtomicInteger right;
    private Programs.Torn torn;
    private boolean checked;

    @BeforeEach
    void make() {
        right = new AtomicInteger();
        torn = new Programs.Torn();
    }

    @AfterEach
    void check() {
        if (checked) {
            assertEquals(2, right.get());
        }
    }

    @Explore(preemptions = 3, random = 100, priorities = 100)
    void right() throws Exception {
        var other = Programs.go("other", right::incrementAndGet);
        right.incrementAndGet();
        other.join();
        checked = true;
    }

    @Explore
    void wrong() throws Exception {
        var other = Programs.go("other", torn::add);
        torn.add();
        other.join();
        assertEquals(2, torn.n);
    }

    @Explore(limit = "1ms")
    void tooLong() throws Exception {
        for (int i = 0; i < 3; i++) {
            Programs.spinLock();
        }
    }

    @Explore
    void withParameter(org.junit.jupiter.api.TestInfo info) {
        assertEquals("", info.getDisplayName());
    }

    /// Counts its runs where they are seen from outside.
    private static void ran(String sample, String what) {
        String key = "explore.sample." + sample;
        System.setProperty(key, System.getProperty(key, "") + what);
    }

    @Explore
    void raceFound() throws Exception {
        race();
    }

    @Explore(allowRaces = true)
    void raceAllowed() throws Exception {
        race();
    }

    private static void race() throws Exception {
        var plain = new int[1];
        var other = Programs.go("other", () -> plain[0] = 1);
        plain[0] = 2;
        other.join();
    }

    @Explore
    void lateFound() throws Exception {
        late();
    }

    @Explore(punctual = true)
    void lateNever() throws Exception {
        late();
    }

    private static void late() throws Exception {
        var other = Programs.go("other", () -> {});
        long start = System.nanoTime();
        other.join(10_000);
        if (System.nanoTime() - start > 1_000_000_000L) {
            throw new IllegalStateException("late");
        }
        other.join();
    }

    @Explore(preemptions = 1)
    void libraryInSteps() {
        library("libraryInSteps");
    }

    @Explore(preemptions = 1, whole = true)
    void libraryWhole() {
        library("libraryWhole");
    }

    private static void library(String sample) {
        ran(sample, ".");
        ExploreTest.sendsAndReceives();
    }

    @Explore(preemptions = 0, random = 30, seed = 7)
    void seed7() throws Exception {
        order("seed7");
    }

    @Explore(preemptions = 0, random = 30, seed = 7)
    void seed7Again() throws Exception {
        order("seed7Again");
    }

    @Explore(preemptions = 0, random = 30, seed = 8)
    void seed8() throws Exception {
        order("seed8");
    }

    private static void order(String sample) throws Exception {
        var order = new AtomicInteger(1);
        var other = Programs.go("other", () -> {
            for (int i = 0; i < 3; i++) {
                order.updateAndGet(n -> 2 * n);
            }
        });
        for (int i = 0; i < 3; i++) {
            order.updateAndGet(n -> 2 * n + 1);
        }
        other.join();
        ran(sample, order.get() + " ");
    }
}
