package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Stretches of real time within a bubble.
class BubbleRealTimeTest {
    @Test
    void realTime_sleepsReally_andTheClockStands() {
        Bubble.run(b -> {
            var fired = new AtomicBoolean();
            go(() -> {
                Context.background().sleep(ofMillis(1));
                fired.set(true);
            });
            Instant before = b.now();
            long began = System.nanoTime();
            b.realTime(() -> Context.background().sleep(ofMillis(30)));
            assertTrue(System.nanoTime() - began >= ofMillis(30).toNanos());
            assertEquals(before, b.now());
            assertFalse(fired.get());
            b.sleep(ofMillis(1));
            assertTrue(fired.get());
        });
    }

    @Test
    void realTime_whatIsMadeThere_isReal() {
        Bubble.run(b -> {
            int got = b.callRealTime(() -> {
                var ch = Chan.<Integer>unbuffered();
                go(() -> {
                    Context.background().sleep(ofMillis(1));
                    ch.send(5);
                });
                Instant deadline = Context.background().withTimeout(ofHours(1)).deadline().orElseThrow();
                assertTrue(Duration.between(Instant.now(), deadline).compareTo(ofHours(2)) < 0);
                return ch.receive();
            });
            assertEquals(5, got);
            assertEquals(Instant.parse("2000-01-01T01:00:00Z"),
                    Context.background().withTimeout(ofHours(1)).deadline().orElseThrow());
        });
    }

    @Test
    void realTime_foreignWaits_areLegal() {
        Bubble.options().limit(ofSeconds(2)).run(b -> {
            var queue = new LinkedBlockingQueue<Integer>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    Thread.sleep(1200); // longer than a bubble may stand
                    queue.add(1);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            b.realTime(queue::take);
        });
    }

    @Test
    void realTime_failure_isThrownAsItIs() {
        Bubble.run(b -> {
            var failure = new IOException();
            assertSame(failure, assertThrows(IOException.class, () -> b.realTime(() -> {
                throw failure;
            })));
            b.sleep(ofSeconds(1)); // and the clock moves again
        });
    }

    @Test
    void await_withinIt_isRefused() {
        Bubble.run(b -> b.realTime(() -> {
            var e = assertThrows(IllegalStateException.class, b::await);
            assertTrue(e.getMessage().contains("within realTime"), e::getMessage);
            assertThrows(IllegalStateException.class, () -> b.sleep(ofSeconds(1)));
        }));
    }
}
