package dev.millrace.net;

import static dev.millrace.net.Pair.BG;
import static dev.millrace.net.Pair.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.verify.Holdings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// No thread waits beside the caller's.
class NetThreadsTest {
    private static final int MANY = 50;

    /// What waits under one context, by virtual threads, and is closed in the end.
    private static final class Waiting implements AutoCloseable {
        private final List<AutoCloseable> open = new ArrayList<>();
        private final List<Pair.Running<?>> calls = new ArrayList<>();
        private final CancellableContext ctx = BG.withTimeout(Duration.ofHours(1));

        /// `n` reads, `n` accepts and `n` dials.
        Waiting(int n) throws Exception {
            var silent = new DialerTest.Silent();
            open.add(silent);
            for (int i = 0; i < n; i++) {
                Pair pair = Pair.open();
                open.add(pair);
                calls.add(running(() -> pair.client().read(ctx, new byte[1])));
                Listener listener = Listener.listen("127.0.0.1:0");
                open.add(listener);
                calls.add(running(() -> listener.accept(ctx)));
                calls.add(running(() -> Dialer.tcp().dial(ctx, silent.address())));
            }
            for (int i = 0; i < calls.size(); i++) {
                calls.get(i).awaitBlocked(switch (i % 3) {
                    case 0 -> "blockingRead";
                    case 1 -> "select";
                    default -> "connect";
                });
            }
        }

        @Override
        public void close() throws Exception {
            ctx.cancel();
            for (var call : calls) {
                assertInstanceOf(CancelledException.class, call.failure());
            }
            for (var each : open) {
                each.close();
            }
        }
    }

    /// What the JDK starts once, its pollers and its timer, is there after one call of each kind.
    private static Holdings warm() throws Exception {
        new Waiting(1).close();
        running(() -> Dialer.tcp().withTimeout(Duration.ofHours(1)).dial(BG, "localhost:1")).failure();
        return Holdings.now();
    }

    @Test
    void readsAcceptsAndDials_thatWaitUnderADeadline_haveNoThreadsOfTheirOwn() throws Exception {
        Holdings before = warm();
        try (var _ = new Waiting(MANY)) {
            assertEquals(List.of(), before.moreThreads());
            assertEquals(0, Go.numGoroutine());
            assertEquals(1, running(() -> 1).get(), "nobody holds the carriers");
        }
        before.awaitBack();
    }

    /// A look-up of a name is the exception: it has a goroutine, while it lasts, and no thread of the platform.
    @Test
    void dial_ofAName_hasAGoroutineForItsLookUpAndNoThread() throws Exception {
        Holdings before = warm();
        var names = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        Runnable remove = Go.addSpawnHook(new dev.millrace.go.SpawnHook<Object>() {
            @Override
            public Object capture() {
                return "";
            }

            @Override
            public Runnable install(Object captured) {
                names.add(Thread.currentThread().getName()
                        + (Thread.currentThread().isVirtual() ? "" : ", a platform thread"));
                return () -> {};
            }
        });
        try (Listener listener = Listener.listen("127.0.0.1:0"); var ctx = BG.withTimeout(Duration.ofHours(1))) {
            Dialer.tcp().dial(ctx, "localhost:" + listener.address().getPort()).close();
            Dialer.tcp().dial(ctx, "127.0.0.1:" + listener.address().getPort()).close();
        } finally {
            remove.run();
        }
        assertEquals(List.of("look-up of localhost"), List.copyOf(names));
        assertEquals(List.of(), before.moreThreads());
    }

    /// The comparison finds one.
    @Test
    void read_withAThreadOfItsOwn_isFound() throws Exception {
        Holdings before = warm();
        var end = new CountDownLatch(1);
        var beside = Thread.ofPlatform().name("beside a read").start(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                // the end as well
            }
        });
        try {
            assertEquals(List.of("thread beside a read: 1, were 0"), before.moreThreads());
        } finally {
            end.countDown();
            beside.join();
        }
        before.awaitBack();
    }
}
