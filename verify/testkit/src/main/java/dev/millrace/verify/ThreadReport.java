package dev.millrace.verify;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A picture of all threads: platform threads with their locks, virtual threads grouped by equal stacks.
final class ThreadReport {
    private static final int MAX_FRAMES = 24;
    private static final int MAX_STACKS = 60;

    private ThreadReport() {}

    static void print(String title) {
        System.err.println(text(title));
        System.err.flush();
    }

    static String text(String title) {
        var out = new StringBuilder(8192);
        out.append("\n==== watchdog: ").append(title).append(" ====\n");
        platformThreads(out);
        virtualThreads(out);
        return out.append("==== watchdog: end ====\n").toString();
    }

    private static void platformThreads(StringBuilder out) {
        for (ThreadInfo info : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
            out.append('"').append(info.getThreadName()).append("\" ").append(info.getThreadState());
            LockInfo lock = info.getLockInfo();
            if (lock != null) {
                out.append(" on ").append(lock);
                if (info.getLockOwnerName() != null) {
                    out.append(" held by \"").append(info.getLockOwnerName()).append('"');
                }
            }
            out.append('\n');
            StackTraceElement[] stack = info.getStackTrace();
            for (int i = 0; i < Math.min(stack.length, MAX_FRAMES); i++) {
                out.append("    ").append(stack[i]).append('\n');
            }
        }
    }

    /// The management interface lists platform threads only; the dump to a file has the virtual ones too.
    private static void virtualThreads(StringBuilder out) {
        Path directory = null;
        Path file = null;
        try {
            directory = Files.createTempDirectory("millrace-threads");
            file = directory.resolve("threads.txt");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(file.toString(),
                    HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            group(Files.readAllLines(file), out);
        } catch (IOException | RuntimeException e) {
            out.append("no dump of virtual threads: ").append(e).append('\n');
        } finally {
            delete(file);
            delete(directory);
        }
    }

    private static void delete(@Nullable Path path) {
        try {
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("watchdog: " + e);
        }
    }

    private static void group(List<String> lines, StringBuilder out) {
        var threadsByStack = new LinkedHashMap<List<String>, List<String>>();
        String head = null;
        var stack = new ArrayList<String>();
        var all = new ArrayList<>(lines);
        all.add("");
        for (String line : all) {
            if (line.startsWith("#")) {
                head = line;
                stack.clear();
            } else if (!line.isBlank()) {
                stack.add(line.strip());
            } else if (head != null) {
                if (head.contains("virtual")) {
                    threadsByStack.computeIfAbsent(List.copyOf(stack), _ -> new ArrayList<>()).add(head);
                }
                head = null;
            }
        }
        long count = threadsByStack.values().stream().mapToLong(List::size).sum();
        out.append("-- virtual threads: ").append(count).append(" in ").append(threadsByStack.size())
                .append(" different places\n");
        threadsByStack.entrySet().stream().limit(MAX_STACKS).forEach(entry -> {
            out.append(entry.getValue().size()).append(" x, the first: ").append(entry.getValue().getFirst())
                    .append('\n');
            entry.getKey().stream().limit(MAX_FRAMES).forEach(f -> out.append("    ").append(f).append('\n'));
        });
    }
}
