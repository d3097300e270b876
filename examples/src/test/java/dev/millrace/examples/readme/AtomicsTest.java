package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AtomicsTest {
    @Test
    void count_hundredTasks_losesNone() {
        assertEquals("100 requests, the largest 99", Atomics.count());
    }

    @Test
    void limits_replaced_areSeenWhole() {
        var config = new Atomics();
        assertEquals("10 for 1000 ms", config.text());
        config.allow(20);
        assertEquals("20 for 1000 ms", config.text());
    }
}
