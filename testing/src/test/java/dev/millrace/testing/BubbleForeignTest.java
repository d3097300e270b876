package dev.millrace.testing;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import dev.millrace.sync.Mutex;
import dev.millrace.verify.Hazard;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Waits that are none of the bubble's.
class BubbleForeignTest {
    private static final Bubble.Options SHORT = Bubble.options().limit(ofMillis(600));

    private static BubbleError standing(Bubble.Body body) {
        var error = assertThrows(BubbleError.class, () -> SHORT.run(body));
        assertTrue(error.getMessage().startsWith("a bubble stands: "), error::getMessage);
        return error;
    }

    @Test
    @Hazard(51)
    void queueOfTheJdk_isNamedWithItsStack() {
        var error = standing(b -> {
            var queue = new LinkedBlockingQueue<Integer>();
            go("consumer", () -> queue.take());
            b.sleep(ofSeconds(1));
        });
        String consumer = error.goroutines().getFirst();
        assertTrue(consumer.contains("\"consumer\" [WAITING in LinkedBlockingQueue.take]"), consumer);
        assertTrue(consumer.contains("at " + BubbleForeignTest.class.getName()), consumer);
        assertTrue(error.goroutines().get(1).contains("[bubble.sleep PT1S]"), error::getMessage);
    }

    @Test
    @Hazard(51)
    void socket_isNamed() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var error = standing(b -> {
                go("acceptor", () -> {
                    try (var socket = server.accept()) {
                        assertFalse(socket.isClosed());
                    }
                });
                b.sleep(ofSeconds(1));
            });
            String acceptor = error.goroutines().getFirst();
            assertTrue(acceptor.contains("ServerSocket.accept"), acceptor);
            assertTrue(acceptor.contains("at " + BubbleForeignTest.class.getName()), acceptor);
        }
    }

    @Test
    @Hazard(51)
    void monitor_isNamed() throws Exception {
        var monitor = new Object();
        var held = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var holder = Thread.ofPlatform().start(() -> {
            synchronized (monitor) {
                held.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        held.await();
        var error = standing(b -> {
            go("enters", () -> {
                synchronized (monitor) {
                    monitor.notifyAll();
                }
            });
            try {
                b.sleep(ofSeconds(1));
            } finally {
                release.countDown(); // the bubble has failed, and what waits for a monitor cannot be ended
            }
        });
        String enters = error.goroutines().getFirst();
        assertTrue(enters.contains("[BLOCKED in "), enters);
        assertTrue(enters.contains("at " + BubbleForeignTest.class.getName()), enters);
        holder.join();
    }

    @Test
    void objectFromOutside_isNamedSo() {
        var outside = new Mutex();
        outside.lock();
        var error = standing(b -> {
            go("locks", () -> outside.lock(Context.background()));
            b.sleep(ofSeconds(1));
        });
        assertTrue(error.goroutines().getFirst().contains(", which was made outside the bubble]"), error::getMessage);
        outside.unlock();
    }

    @Test
    void monitorHeldAcrossAWait_inSerialMode_isNamed() {
        var error = assertThrows(BubbleError.class, () -> SHORT.serial(1).run(b -> {
            var monitor = new Object();
            var ch = Chan.<Integer>unbuffered();
            go("holds", () -> {
                synchronized (monitor) {
                    ch.receive();
                }
            });
            b.await();
            go("sends", () -> ch.send(1));
            synchronized (monitor) {
                ch.send(2);
            }
        }));
        assertTrue(error.getMessage().startsWith("a bubble stands: "), error::getMessage);
    }

    @Test
    void sleepOfTheJdk_isProgressUntilTheLimit() {
        Bubble.options().limit(ofSeconds(20)).run(b -> Thread.sleep(300));
        var error = assertThrows(BubbleError.class, () -> SHORT.run(b -> {
            go("sleeper", () -> Thread.sleep(60_000));
            b.sleep(ofSeconds(1));
        }));
        assertTrue(error.getMessage().startsWith("a bubble has not ended within its limit of PT0.6S"),
                error::getMessage);
        assertTrue(error.getMessage().contains("\"sleeper\" [TIMED_WAITING in Thread.sleep]"), error::getMessage);
        assertTrue(error.getMessage().contains("at java.lang.Thread.sleep"), error::getMessage);
    }

    @Test
    void computation_withoutEnd_isNamedAtTheLimit() {
        var stop = new AtomicBoolean();
        var error = assertThrows(BubbleError.class, () -> SHORT.run(b -> {
            go("hog", () -> {
                while (!stop.get() && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            });
            b.cleanup(() -> stop.set(true));
            b.sleep(ofSeconds(1));
        }));
        assertTrue(error.getMessage().contains("\"hog\" [running]"), error::getMessage);
        stop.set(true);
    }

    @Test
    void timersWithoutEnd_areStoppedAtTheLimit() {
        var error = assertThrows(BubbleError.class, () -> Bubble.options().limit(ofMillis(200)).run(b -> {
            while (true) {
                b.sleep(ofSeconds(1));
            }
        }));
        assertTrue(error.getMessage().startsWith("a bubble has not ended within its limit"), error::getMessage);
    }

    @Test
    @Hazard(51)
    void slowButAlive_isNotFailed() {
        Bubble.run(b -> {
            var queue = new LinkedBlockingQueue<Integer>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    Thread.sleep(200);
                    queue.add(1);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            var before = b.now();
            assertEquals(1, queue.take());
            assertEquals(before, b.now());
        });
    }
}
