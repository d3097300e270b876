package dev.millrace.exec;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A process whose every step the test decides, and those below it.
final class FakeProcess extends Process {
    /// No system gives such numbers, so nothing about them is found there.
    private static final long FIRST_PID = 1L << 40;

    final Handle root = new Handle(FIRST_PID);
    final AtomicInteger waits = new AtomicInteger();
    volatile Runnable onWait = () -> {};
    volatile Runnable onListed = () -> {};
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger started = new AtomicInteger();
    private volatile int status;

    /// One more below the root.
    Handle child() {
        return root.child();
    }

    final class Handle implements ProcessHandle {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger killed = new AtomicInteger();
        final AtomicInteger looks = new AtomicInteger();
        volatile boolean alive = true;
        volatile Runnable onAsked = () -> {};
        volatile Runnable onKilled = () -> {};
        final List<Handle> children = new CopyOnWriteArrayList<>();
        final List<ProcessHandle> others = new CopyOnWriteArrayList<>(); // real ones
        private final long pid;

        private Handle(long pid) {
            this.pid = pid;
        }

        Handle child() {
            var child = new Handle(FIRST_PID + started.incrementAndGet());
            children.add(child);
            return child;
        }

        void end(int code) {
            alive = false;
            if (this == root) {
                status = code;
                ended.countDown();
            }
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public boolean isAlive() {
            looks.incrementAndGet();
            return alive;
        }

        @Override
        public boolean destroy() {
            asked.incrementAndGet();
            onAsked.run();
            return true;
        }

        @Override
        public boolean destroyForcibly() {
            killed.incrementAndGet();
            onKilled.run();
            return true;
        }

        @Override
        public Stream<ProcessHandle> descendants() {
            onListed.run();
            return alive ? children().flatMap(c -> Stream.concat(Stream.of(c), c.descendants())) : Stream.of();
        }

        @Override
        public Stream<ProcessHandle> children() {
            return Stream.concat(children.stream(), others.stream());
        }

        @Override
        public Optional<ProcessHandle> parent() {
            return Optional.empty();
        }

        @Override
        public Info info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<ProcessHandle> onExit() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean supportsNormalTermination() {
            return true;
        }

        @Override
        public int compareTo(ProcessHandle other) {
            return Long.compare(pid, other.pid());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(pid);
        }
    }

    @Override
    public ProcessHandle toHandle() {
        return root;
    }

    @Override
    public long pid() {
        return root.pid;
    }

    @Override
    public boolean isAlive() {
        return root.isAlive();
    }

    @Override
    public int waitFor() throws InterruptedException {
        ended.await();
        return status;
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        waits.incrementAndGet();
        onWait.run();
        return ended.await(timeout, unit);
    }

    @Override
    public int exitValue() {
        if (root.alive) {
            throw new IllegalThreadStateException("process has not exited");
        }
        return status;
    }

    @Override
    public void destroy() {
        root.destroy();
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }
}
