package dev.millrace.verify.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.verify.Modules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A public API changes only on purpose: its dump under `src/api` is committed and compared.
class ApiDumpTest {
    private static final String UPDATE = "mvn -q -Dquick -pl verify/api -am test -Dtest=ApiDumpTest -Dapi.update";
    private static final Path COMMITTED = Path.of("src", "api");

    @Test
    void publishedApi_isTheCommittedOne() throws IOException {
        boolean update = System.getProperty("api.update") != null;
        var drift = new StringBuilder();
        var expectedFiles = new HashSet<String>();
        for (Modules.Compiled module : Modules.named("dev.millrace")) {
            Path file = COMMITTED.resolve(module.descriptor().name() + ".txt");
            expectedFiles.add(String.valueOf(file.getFileName()));
            String now = ApiDump.of(module);
            String before = Files.exists(file) ? Files.readString(file) : "";
            if (update) {
                Files.createDirectories(COMMITTED);
                Files.writeString(file, now);
            } else if (!now.equals(before)) {
                drift.append(diff(module.descriptor().name(), before, now));
            }
        }
        try (Stream<Path> files = Files.exists(COMMITTED) ? Files.list(COMMITTED) : Stream.of()) {
            files.filter(f -> !expectedFiles.contains(String.valueOf(f.getFileName())))
                    .forEach(f -> drift.append(f).append(" belongs to no module; delete it\n"));
        }
        if (!drift.isEmpty()) {
            fail("The public API is not the committed one.\n" + drift + "If that is wanted: " + UPDATE);
        }
    }

    @Test
    void publishedApi_showsOnlyWhatUsersCanName() {
        assertEquals("", String.join("\n", ApiDump.leaks(Modules.named("dev.millrace"))));
    }

    @Test
    void canary_changedDump_isReportedTypeByType() {
        String before = "module m\n\npublic final class m.A\n    public void x()\n    public void y()\n";
        String now = "module m\n\npublic final class m.A\n    public int x()\n    public void y()\n";
        assertEquals("""
                m
                  public final class m.A
                    -     public void x()
                    +     public int x()
                """, diff("m", before, now));
        assertEquals("", diff("m", before, before));
    }

    /// A planted API with everything that a dump must show.
    public sealed interface Planted<T extends Comparable<T>> extends Callable<@Nullable T>, AutoCloseable
            permits Hidden {
        <E extends Exception> T one(@Nullable String a, List<? super T> b, int... c) throws E, InterruptedException;

        static int two() {
            return 2;
        }

        /// A record.
        record Rec(int a, @Nullable String b) {}
    }

    private static final class Hidden implements Planted<String> {
        @Override
        public <E extends Exception> String one(@Nullable String a, List<? super String> b, int... c) {
            return "";
        }

        @Override
        public @Nullable String call() {
            return null;
        }

        @Override
        public void close() {}
    }

    @Test
    void canary_dump_showsGenericsNullnessAndExceptions() {
        String name = Planted.class.getName();
        assertEquals("public static sealed interface " + name + "<T extends Comparable<T>> extends AutoCloseable,"
                + " java.util.concurrent.Callable<@Nullable T> permits (hidden)\n"
                + "    public abstract <E extends Exception> T one(@Nullable String, java.util.List<? super T>, int...)"
                + " throws E, InterruptedException\n"
                + "    public static int two()\n", ApiDump.of(Planted.class));
        assertTrue(ApiDump.of(Planted.Rec.class).startsWith(
                "public static record " + Planted.Rec.class.getName() + "(int a, @Nullable String b)\n"),
                ApiDump.of(Planted.Rec.class));
    }

    @Test
    void canary_leak_isReported() {
        var found = ApiDump.leaks(Map.of("dev.millrace.a.A",
                "public final class dev.millrace.a.A\n    public dev.millrace.internal.B b()\n"),
                List.of("dev.millrace.a.A"));
        assertEquals(List.of("dev.millrace.a.A shows dev.millrace.internal.B, which is not exported:"
                + " public dev.millrace.internal.B b()"), found);
    }

    private static String diff(String module, String before, String now) {
        Map<String, List<String>> old = blocks(before);
        Map<String, List<String>> fresh = blocks(now);
        var out = new StringBuilder();
        var heads = new ArrayList<>(old.keySet());
        fresh.keySet().stream().filter(h -> !old.containsKey(h)).forEach(heads::add);
        for (String head : heads) {
            List<String> gone = new ArrayList<>(old.getOrDefault(head, List.of()));
            List<String> come = new ArrayList<>(fresh.getOrDefault(head, List.of()));
            List<String> same = List.copyOf(gone);
            gone.removeAll(come);
            come.removeAll(same);
            boolean isNew = !old.containsKey(head);
            boolean isGone = !fresh.containsKey(head);
            if (isNew || isGone || !gone.isEmpty() || !come.isEmpty()) {
                out.append(isNew ? "+ " : isGone ? "- " : "  ").append(head).append('\n');
                gone.forEach(l -> out.append("    - ").append(l).append('\n'));
                come.forEach(l -> out.append("    + ").append(l).append('\n'));
            }
        }
        return out.isEmpty() ? "" : module + "\n" + out;
    }

    /// Each block by its first line; the lines below it in order.
    private static Map<String, List<String>> blocks(String dump) {
        var blocks = new java.util.LinkedHashMap<String, List<String>>();
        for (String block : dump.split("\n\n")) {
            if (!block.isBlank()) {
                List<String> lines = Arrays.asList(block.split("\n"));
                blocks.put(lines.getFirst(), lines.subList(1, lines.size()));
            }
        }
        return blocks;
    }
}
