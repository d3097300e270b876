package dev.millrace.go;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.verify.Hazard;
import java.io.FileInputStream;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What an interrupt does to the blocking calls of the running JDK, and what [Interruptible] makes of it. A change of the JDK
/// shows here.
class InterruptMatrixTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /// How a body ended that was cancelled while it waited.
    private record Ended(Object value, Throwable failure, boolean flag) {
        Throwable interruption() {
            assertInstanceOf(CancelledException.class, failure);
            assertEquals(1, failure.getSuppressed().length);
            assertFalse(flag, "an interrupt was left behind");
            return failure.getSuppressed()[0];
        }
    }

    private static CompletableFuture<Ended> start(
            Thread.Builder builder, Context ctx, CountDownLatch inside, Callable<?> body) {
        var ended = new CompletableFuture<Ended>();
        builder.start(() -> {
            Object value = null;
            Throwable failure = null;
            try {
                value = Interruptible.call(ctx, () -> {
                    inside.countDown();
                    return body.call();
                });
            } catch (Throwable t) {
                failure = t;
            }
            ended.complete(new Ended(value, failure, Thread.currentThread().isInterrupted()));
        });
        return ended;
    }

    /// Cancels `body` on a virtual thread once that waits.
    private static Ended cancelled(Callable<?> body) throws Exception {
        return cancelled(Thread.ofVirtual(), body);
    }

    private static Ended cancelled(Thread.Builder builder, Callable<?> body) throws Exception {
        var ctx = Context.background().withCancel();
        var thread = new CompletableFuture<Thread>();
        var ended = start(builder, ctx, new CountDownLatch(1), () -> {
            thread.complete(Thread.currentThread());
            return body.call();
        });
        Thread t = thread.get(20, TimeUnit.SECONDS);
        if (t.isVirtual()) {
            Until.waits(t);
        }
        ctx.cancel();
        return ended.get(20, TimeUnit.SECONDS);
    }

    // Those that throw InterruptedException.

    @TestFactory
    @Hazard(46)
    Stream<DynamicTest> wait_ofTheJdk_isEndedByAnInterruptedException() {
        var monitor = new Object();
        var lock = new ReentrantLock();
        var condition = lock.newCondition();
        var held = new ReentrantLock();
        record Case(String name, Callable<?> body) {}
        return Stream.of(
                new Case("BlockingQueue.take", () -> new LinkedBlockingQueue<>().take()),
                new Case("BlockingQueue.poll", () -> new LinkedBlockingQueue<>().poll(1, TimeUnit.HOURS)),
                new Case("Thread.sleep", () -> {
                    Thread.sleep(3_600_000);
                    return 0;
                }),
                new Case("Thread.join", () -> {
                    Thread.currentThread().join();
                    return 0;
                }),
                new Case("Object.wait", () -> {
                    synchronized (monitor) {
                        monitor.wait();
                    }
                    return 0;
                }),
                new Case("Semaphore.acquire", () -> {
                    new Semaphore(0).acquire();
                    return 0;
                }),
                new Case("CountDownLatch.await", () -> {
                    new CountDownLatch(1).await();
                    return 0;
                }),
                new Case("CompletableFuture.get", () -> new CompletableFuture<>().get()),
                new Case("Condition.await", () -> {
                    lock.lock();
                    try {
                        condition.await();
                    } finally {
                        lock.unlock();
                    }
                    return 0;
                }),
                new Case("Lock.lockInterruptibly", () -> {
                    Thread holder = Thread.startVirtualThread(() -> {
                        held.lock();
                        try {
                            Context.background().awaitDone();
                        } catch (RuntimeException e) {
                            held.unlock();
                        }
                    });
                    Until.waits(holder);
                    try {
                        held.lockInterruptibly();
                    } finally {
                        holder.interrupt();
                    }
                    return 0;
                }))
                .flatMap(c -> Stream.of(
                        DynamicTest.dynamicTest(c.name + ", virtual", () -> assertInstanceOf(
                                InterruptedException.class, cancelled(c.body).interruption())),
                        DynamicTest.dynamicTest(c.name + ", platform", () -> assertInstanceOf(
                                InterruptedException.class,
                                cancelled(Thread.ofPlatform().daemon(), c.body).interruption()))));
    }

    @Test
    @Hazard(46)
    void process_waitFor_isEndedAndTheProcessRunsOn() throws Exception {
        var child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                root().toString(),
                Waits.class.getName())
                .start();
        try {
            var ended = cancelled(child::waitFor);
            assertInstanceOf(InterruptedException.class, ended.interruption());
            assertTrue(child.isAlive());
        } finally {
            child.destroyForcibly();
        }
    }

    private static Path root() throws Exception {
        Path file = Path.of(Waits.class.getResource("InterruptMatrixTest$Waits.class").toURI());
        for (int i = 0; i < Waits.class.getName().split("\\.").length; i++) {
            file = file.getParent();
        }
        return file;
    }

    /// Waits until its standard input ends.
    static final class Waits {
        public static void main(String[] args) throws Exception {
            System.exit(System.in.read());
        }
    }

    // Pipes and sockets.

    @Test
    @Hazard(46)
    void pipedInputStream_read_isEndedByAnInterruptedIOException() throws Exception {
        try (var in = new PipedInputStream(new PipedOutputStream())) {
            assertInstanceOf(InterruptedIOException.class, cancelled(in::read).interruption());
        }
    }

    @Test
    @Hazard(46)
    void socketRead_virtualThread_isEndedAndTheSocketClosed() throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK);
                var client = new Socket(LOOPBACK, server.getLocalPort());
                var accepted = server.accept()) {
            var ended = cancelled(() -> client.getInputStream().read());
            assertInstanceOf(SocketException.class, ended.interruption());
            assertEquals("Closed by interrupt", ended.interruption().getMessage());
            assertTrue(client.isClosed());
        }
    }

    @Test
    @Hazard(46)
    void socketRead_platformThread_doesNotHearIt() throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK);
                var client = new Socket(LOOPBACK, server.getLocalPort());
                var accepted = server.accept()) {
            var ctx = Context.background().withCancel();
            var inside = new CountDownLatch(1);
            var ended = start(
                    Thread.ofPlatform().daemon(), ctx, inside, () -> client.getInputStream().read());
            inside.await();
            ctx.cancel();
            accepted.getOutputStream().write(7);
            assertEquals(7, ended.get(20, TimeUnit.SECONDS).value());
            assertFalse(ended.get().flag());
            assertFalse(client.isClosed());
        }
    }

    @Test
    @Hazard(46)
    void serverSocketAccept_virtualThread_isEndedAndTheSocketClosed() throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            var ended = cancelled(server::accept);
            assertInstanceOf(SocketException.class, ended.interruption());
            assertTrue(server.isClosed());
        }
    }

    @Test
    @Hazard(46)
    void socketChannelRead_anyThread_isEndedAndTheChannelClosedForAll() throws Exception {
        for (var builder : new Thread.Builder[] {Thread.ofVirtual(), Thread.ofPlatform().daemon()}) {
            try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
                    var client = SocketChannel.open(server.getLocalAddress())) {
                var ended = cancelled(builder, () -> client.read(ByteBuffer.allocate(1)));
                assertInstanceOf(ClosedByInterruptException.class, ended.interruption());
                assertFalse(client.isOpen());
            }
        }
    }

    @Test
    @Hazard(46)
    void selectorSelect_returnsAsIfWokenAndTheValueIsKept() throws Exception {
        try (var selector = Selector.open()) {
            var ended = cancelled(Thread.ofPlatform().daemon(), selector::select);
            assertEquals(0, ended.value());
            assertFalse(ended.flag());
            assertTrue(selector.isOpen());
        }
    }

    // Files: here the flag is set before the call.

    @Test
    @Hazard(46)
    void fileChannelRead_flagIsSet_isEndedAndTheChannelClosed(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "text");
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var ended = flagged(() -> channel.read(ByteBuffer.allocate(1)));
            assertInstanceOf(ClosedByInterruptException.class, ended.interruption());
            assertFalse(channel.isOpen());
        }
    }

    @Test
    @Hazard(46)
    void fileStreams_flagIsSet_doNotHearIt(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "text");
        try (var in = new FileInputStream(file.toFile())) {
            var one = flagged(in::read);
            assertEquals((int) 't', one.value());
            assertFalse(one.flag());
        }
        var all = flagged(() -> new String(Files.readAllBytes(file)));
        assertEquals("text", all.value());
        assertFalse(all.flag());
    }

    /// Runs `body` under a context whose end has set the flag before.
    private static Ended flagged(Callable<?> body) throws Exception {
        var ctx = Context.background().withCancel();
        return start(Thread.ofVirtual(), ctx, new CountDownLatch(1), () -> {
            ctx.cancel();
            assertTrue(Thread.currentThread().isInterrupted());
            return body.call();
        })
                .get(20, TimeUnit.SECONDS);
    }

    // Those that do not hear it.

    @TestFactory
    @Hazard(46)
    Stream<DynamicTest> wait_notInterruptible_goesOnAndLeavesNoFlag() {
        interface Wait {
            void enter(Semaphore free, ReentrantLock lock, CompletableFuture<?> future) throws Exception;
        }
        record Case(String name, Wait body) {}
        return Stream.of(
                new Case("CompletableFuture.join", (_, _, future) -> future.join()),
                new Case("Semaphore.acquireUninterruptibly", (free, _, _) -> free.acquireUninterruptibly()),
                new Case("Lock.lock", (_, lock, _) -> lock.lock()),
                new Case("synchronized", (_, lock, _) -> {
                    synchronized (lock) {
                        lock.isLocked();
                    }
                }))
                .map(c -> DynamicTest.dynamicTest(c.name, () -> {
                    var free = new Semaphore(0);
                    var lock = new ReentrantLock();
                    var future = new CompletableFuture<String>();
                    var ctx = Context.background().withCancel();
                    var thread = new CompletableFuture<Thread>();
                    CompletableFuture<Ended> ended;
                    synchronized (lock) {
                        lock.lock();
                        ended = start(Thread.ofVirtual(), ctx, new CountDownLatch(1), () -> {
                            thread.complete(Thread.currentThread());
                            c.body.enter(free, lock, future);
                            return "done";
                        });
                        Until.waits(thread.get(20, TimeUnit.SECONDS));
                        ctx.cancel();
                        assertFalse(ended.isDone());
                        free.release();
                        future.complete("");
                        lock.unlock();
                    }
                    var how = ended.get(20, TimeUnit.SECONDS);
                    assertAll(
                            () -> assertEquals("done", how.value(), String.valueOf(how.failure())),
                            () -> assertFalse(how.flag()));
                }));
    }
}
