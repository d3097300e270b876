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
}
