package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DigestsTest {
    @TempDir
    private Path dir;

    @Test
    void limit_bounds_the_files_that_are_open() throws Exception {
        files(40);
        var open = new AtomicInteger();
        var most = new AtomicInteger();
        var result = digests(3, false, _ -> new ByteArrayInputStream(new byte[1]) {
            {
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
                Thread.yield();
            }

            @Override
            public void close() {
                open.decrementAndGet();
            }
        }).run(Context.background(), roots());
        assertEquals(40, result.lines().size());
        assertEquals(0, open.get());
        assertTrue(most.get() >= 1 && most.get() <= 3, "at once: " + most);
    }

    @Test
    void limit_of_one_needs_no_second_place_for_the_walk() throws Exception {
        files(3);
        assertEquals(3, digests(1, false, Files::newInputStream).run(Context.background(), roots()).lines().size());
    }

    @Test
    void files_are_read_at_the_same_time() throws Exception {
        files(2);
        var both = new CountDownLatch(2);
        var result = digests(2, false, _ -> {
            both.countDown();
            awaitQuietly(both);
            return InputStream.nullInputStream();
        }).run(Context.background(), roots());
        assertEquals(2, result.lines().size());
    }

    @Test
    void failure_in_the_middle_of_a_file_ends_the_others() throws Exception {
        files(2);
        var endless = new CountDownLatch(1);
        var failure = assertThrows(Digests.UnreadableException.class, () -> digests(2, false, path -> {
            if (path.endsWith("f0")) {
                endless.countDown();
                return new Endless(() -> {});
            }
            awaitQuietly(endless);
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("Input/output error");
                }
            };
        }).run(Context.background(), roots()));
        assertEquals(dir + "/f1: Input/output error", failure.getMessage());
    }

    @Test
    void cancel_in_the_middle_of_a_file_ends_the_run() throws Exception {
        files(1);
        try (var ctx = Context.background().withCancel()) {
            var thrown = assertThrows(
                    CancelledException.class,
                    () -> digests(2, true, _ -> new Endless(() -> ctx.cancel("enough"))).run(ctx, roots()));
            assertTrue(String.valueOf(thrown.getMessage()).startsWith("context canceled: enough"), thrown.getMessage());
        }
    }

    @Test
    @Timeout(20)
    void reader_that_hangs_is_left_behind_after_a_cancel() throws Exception {
        files(1);
        var release = new CountDownLatch(1);
        try (var ctx = Context.background().withCancel()) {
            var digests = digests(2, false, _ -> {
                ctx.cancel("enough");
                awaitQuietly(release);
                return InputStream.nullInputStream();
            });
            assertThrows(CancelledException.class, () -> digests.run(ctx, roots()));
            assertEquals(1, release.getCount(), "the run came back although the reader hangs");
        } finally {
            release.countDown();
        }
    }

    @Test
    void file_that_grows_is_read_to_its_end() throws Exception {
        files(1);
        byte[] much = new byte[3 << 20];
        var result = digests(1, false, _ -> new ByteArrayInputStream(much)).run(Context.background(), roots());
        assertEquals("d1dd210d6b1312cb342b56d02bd5e651", result.lines().getFirst().digest());
    }

    private Digests digests(int limit, boolean keepGoing, Digests.Opener opener) {
        var out = new java.io.ByteArrayOutputStream();
        return new Digests(limit, keepGoing, new Progress(Ran.console(out, out), "md5"), opener);
    }

    private List<FileName> roots() {
        return List.of(FileName.ofArgument(dir.toString()));
    }

    private void files(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            Files.writeString(dir.resolve("f" + i), "x");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// A file without an end, which does something at its second piece.
    private static final class Endless extends InputStream {
        private final Runnable second;
        private int pieces;

        Endless(Runnable second) {
            this.second = second;
        }

        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            if (++pieces == 2) {
                second.run();
            }
            return length;
        }
    }
}
