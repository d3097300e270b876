package dev.millrace.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Goroutines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a test has to leave as it found it: the pool, goroutines, platform threads by name, descriptors by what they are of.
///
/// There may be fewer threads and descriptors than at the start (some end a while after the warm-up), never more. Not counted: the
/// JDK's carriers, and the jars that the class loader opens when it first needs them.
final class Start {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final HikariDataSource pool;
    private final Map<String, Integer> before;

    private Start(HikariDataSource pool) {
        this.pool = pool;
        this.before = now();
    }

    /// Of now, when what a warm-up has left is over: no goroutine, no connection in use, no thread of ours.
    static Start of(HikariDataSource pool) {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        while (Go.numGoroutine() > 0
                || pool.getHikariPoolMXBean().getActiveConnections() > 0
                || threads().containsKey("thread millrace-jdbc-#")) {
            check(until, "it does not become quiet:\n" + Goroutines.dump());
        }
        return new Start(pool);
    }

    /// Waits until all is as it was. Nobody tells when a socket's descriptor or a pool's thread is gone, so it asks.
    void awaitBack() {
        long until = System.nanoTime() + Slow.LONG.toNanos();
        for (String more = more(); !more.isEmpty(); more = more()) {
            check(until, "not as at the start: " + more + "\n" + Goroutines.dump());
        }
    }

    private static void check(long until, String text) {
        if (System.nanoTime() > until) {
            throw new AssertionError(text);
        }
        Context.background().sleep(Duration.ofMillis(10));
    }

    /// What is not as it was, in words; empty when all is.
    String more() {
        var now = now();
        return now.keySet().stream()
                .filter(k -> k.startsWith("pool ") ? !now.get(k).equals(before.get(k))
                        : now.get(k) > before.getOrDefault(k, 0))
                .map(k -> k + ": " + before.getOrDefault(k, 0) + ", now " + now.get(k))
                .collect(Collectors.joining("; "));
    }

    private Map<String, Integer> now() {
        var all = new TreeMap<>(threads());
        all.putAll(descriptors());
        all.put("goroutines", (int) Go.numGoroutine());
        var bean = pool.getHikariPoolMXBean();
        all.put("pool active", bean.getActiveConnections());
        all.put("pool idle", bean.getIdleConnections());
        return all;
    }

    private static Map<String, Integer> threads() {
        var all = new TreeMap<String, Integer>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!thread.getName().startsWith("ForkJoinPool-1-worker-")) {
                all.merge("thread " + thread.getName().replaceAll("\\d+", "#"), 1, Integer::sum);
            }
        }
        return all;
    }

    private static Map<String, Integer> descriptors() {
        var all = new TreeMap<String, Integer>();
        try (var links = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path link : links) {
                try {
                    String of = Files.readSymbolicLink(link).toString();
                    if (!of.endsWith(".jar")) {
                        all.merge("descriptor " + of.replaceAll("\\d+", "#"), 1, Integer::sum);
                    }
                } catch (IOException _) {
                    // closed meanwhile
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }
}
