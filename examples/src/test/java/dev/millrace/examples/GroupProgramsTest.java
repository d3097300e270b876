package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The two programs of the Go project: whatever happens, nothing is left running.
class GroupProgramsTest {
    private final Set<Long> before = running();

    @TempDir
    private Path root;

    @AfterEach
    void nothingRuns() {
        long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!before.containsAll(running())) {
            assertTrue(System.nanoTime() < giveUp, () -> "still there: " + Go.goroutines());
            LockSupport.parkNanos(100_000); // the last one is counted down a moment before it has ended
        }
    }

    private static Set<Long> running() {
        return Go.goroutines().stream().map(GoroutineSnapshot::id).collect(Collectors.toSet());
    }

    private Map<Path, byte[]> plant(int files) throws Exception {
        var sums = new TreeMap<Path, byte[]>();
        for (int i = 0; i < files; i++) {
            Path file = root.resolve("folder " + i % 7).resolve("file " + i);
            Files.createDirectories(file.getParent());
            byte[] content = "content ".repeat(i).getBytes(StandardCharsets.UTF_8);
            Files.write(file, content);
            sums.put(file, MessageDigest.getInstance("MD5").digest(content));
        }
        return sums;
    }

    @RepeatedTest(5)
    void md5all_tree_isThatOfAPlainWalk() throws Exception {
        var expected = plant(100);
        var actual = Md5All.md5All(Context.background(), root);
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((path, sum) -> assertArrayEquals(sum, actual.get(path), path::toString));
    }

    @Test
    void md5all_run_printsPathAndSum() throws Exception {
        var expected = plant(20).entrySet().stream()
                .map(e -> e.getKey() + ":\t" + HexFormat.of().formatHex(e.getValue())).toList();
        assertEquals(expected, Run.leavingNothing(new Md5All(), root.toString()).out());
    }

    @Test
    void md5all_emptyFolder_isAnEmptyMap() throws Exception {
        assertEquals(Map.of(), Md5All.md5All(Context.background(), root));
    }

    @Test
    void md5all_noSuchRoot_isLoggedWithStatus1() {
        var run = Run.leavingNothing(new Md5All(), root.resolve("gone").toString());
        assertEquals(1, run.status());
        assertEquals(List.of(), run.out());
        assertEquals(List.of("md5all: no such file or folder: " + root.resolve("gone")), run.err());
    }

    @RepeatedTest(5)
    void md5all_oneFileUnreadable_isThatErrorAndNoMap() throws Exception {
        plant(100);
        Path unreadable = root.resolve("folder 3").resolve("unreadable");
        Files.createFile(unreadable);
        var failure = assertThrows(IOException.class, () -> Md5All.md5All(Context.background(), root, file -> {
            if (file.equals(unreadable)) {
                throw new NoSuchFileException(file.toString());
            }
            return Files.readAllBytes(file);
        }));
        assertEquals(unreadable.toString(), failure.getMessage());
    }

    /// While all digesters read, the walk holds the next path and has the other folders before it: they go away.
    @Test
    void md5all_foldersUnreadableInMidWalk_isTheWalksErrorAndNoMap() throws Exception {
        for (int i = 0; i < 100; i++) {
            Files.createFile(Files.createDirectory(root.resolve("folder " + i)).resolve("file"));
        }
        var reading = new AtomicInteger();
        var gone = new CountDownLatch(1);
        var failure = assertThrows(NoSuchFileException.class, () -> Md5All.md5All(Context.background(), root, file -> {
            if (reading.incrementAndGet() == 20) {
                try (var folders = Files.list(root)) {
                    for (Path folder : folders.toList()) {
                        Files.delete(folder.resolve("file"));
                        Files.delete(folder);
                    }
                } finally {
                    gone.countDown();
                }
            }
            try {
                gone.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return new byte[0];
        }));
        assertTrue(failure.getMessage().startsWith(root.resolve("folder ").toString()), failure.getMessage());
        assertTrue(reading.get() < 100, "read: " + reading);
    }

    /// What ends the loop of `md5All` itself: all digesters wait to send then, or come to it.
    @RepeatedTest(5)
    void md5all_itsOwnLoopIsInterrupted_throwsThat() throws Exception {
        plant(100);
        var reading = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        var outcome = new CompletableFuture<Object>();
        var running = Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(Md5All.md5All(Context.background(), root, file -> {
                    reading.countDown();
                    try {
                        interrupted.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return Files.readAllBytes(file);
                }));
            } catch (Throwable t) {
                outcome.complete(t);
            }
        });
        reading.await();
        running.interrupt();
        interrupted.countDown();
        assertInstanceOf(InterruptedWaitException.class, outcome.get(20, TimeUnit.SECONDS));
    }

    @RepeatedTest(5)
    void md5all_cancelMidway_throwsTheContextsException() throws Exception {
        plant(100);
        try (var ctx = Context.background().withCancel()) {
            assertThrows(CancelledException.class, () -> Md5All.md5All(ctx, root, file -> {
                ctx.cancel("enough");
                return Files.readAllBytes(file);
            }));
        }
    }

    @RepeatedTest(5)
    void friends_run_printsAllTwentySorted() {
        var run = Run.leavingNothing(new Friends(), "--call", "0");
        assertEquals(0, run.status());
        assertEquals(IntStream.rangeClosed(1, 20).mapToObj(n -> String.format("friend-%02d", n)).toList(), run.out());
    }

    @RepeatedTest(5)
    void friends_oneProfileFails_isThatErrorWithEverythingEnded() {
        var run = Run.leavingNothing(new Friends(), "--call", "0", "--fail", "13");
        assertEquals(1, run.status());
        assertEquals(List.of("GetUserProfile 7: no profile of 13", "all tasks have ended"), run.out());
    }

    @RepeatedTest(5)
    void friends_listFailsInTheMiddle_isThatError() {
        var failure = assertThrows(IOException.class,
                () -> Friends.getFriends(Context.background(), 7, new Friends.Network(Duration.ZERO, -1)));
        assertEquals("GetFriendIds 7: connection lost", failure.getMessage());
    }

    @Test
    void friends_unknownUser_isTheProducersError() {
        var failure = assertThrows(IOException.class,
                () -> Friends.getFriends(Context.background(), 8, new Friends.Network(Duration.ZERO, 0)));
        assertEquals("GetFriendIds 8: no such user", failure.getMessage());
    }

    @RepeatedTest(5)
    void friends_reduceFails_isThatError() {
        var network = new Friends.Network(Duration.ZERO, 0) {
            @Override
            Friends.User userProfile(Context ctx, int id) throws IOException {
                return id == 13 ? new Friends.User(id, null) : super.userProfile(ctx, id); // no key of a map
            }
        };
        assertThrows(NullPointerException.class, () -> Friends.getFriends(Context.background(), 7, network));
    }

    @Test
    void friends_cancelMidway_throwsTheContextsException() {
        try (var ctx = Context.background().withCancel()) {
            var network = new Friends.Network(Duration.ofHours(1), 0);
            Go.go(() -> {
                while (Go.goroutines().stream().noneMatch(g -> g.name().equals("reduce"))) {
                    Go.yield();
                }
                ctx.cancel("enough");
            });
            assertThrows(CancelledException.class, () -> Friends.getFriends(ctx, 7, network));
        }
    }
}
