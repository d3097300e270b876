package dev.millrace.verify.jcstress;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The main program: all tests on the library as it is, which must pass, and each twin, which must fail. Writes `report.txt`.
///
/// jcstress starts JVMs of its own and hands its class path on; so a twin is a folder of changed classes before the library.
public final class Suite {
    private static final Path OUT = Path.of("jcstress");
    private static final Pattern NAME = Pattern.compile("^JCTEST(\\d+)S");
    private static final long MOST_MINUTES = 20;
    private static final int ATTEMPTS = 10;

    private final Pattern only = Pattern.compile(System.getProperty("jcstress.only", ""));
    private final String time = System.getProperty("jcstress.time", "200");
    private final List<String> lines = new ArrayList<>();
    private boolean failed;

    private Suite() {}

    public static void main(String[] args) throws Exception {
        var suite = new Suite();
        Files.createDirectories(OUT);
        suite.library();
        suite.twins();
        Files.write(OUT.resolve("report.txt"), suite.lines);
        if (suite.failed) {
            System.exit(1);
        }
    }

    private void say(String line) {
        lines.add(line);
        System.out.println(line);
    }

    /// The names of all tests, from the list that jcstress goes by.
    static List<String> tests() throws IOException {
        var names = new TreeSet<String>();
        try (var in = Suite.class.getResourceAsStream("/META-INF/TestList")) {
            if (in == null) {
                throw new IllegalStateException("no list of tests");
            }
            // One test a line; its name comes first, after its length.
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                var matcher = NAME.matcher(line);
                if (matcher.find()) {
                    String name = line.substring(matcher.end(), matcher.end() + Integer.parseInt(matcher.group(1)));
                    names.add(name.replaceFirst("^dev\\.millrace\\.[a-z]+\\.", ""));
                }
            }
        }
        return List.copyOf(names);
    }

    /// All at once: jcstress looks at the machine once for each start.
    private void library() throws Exception {
        say("the library, in all compilers");
        List<String> chosen = tests().stream().filter(test -> only.matcher(test).find()).toList();
        if (chosen.isEmpty()) {
            return;
        }
        Run all = run("library", null, chosen, List.of("-iters", "3", "-fsm", "2"));
        failed |= all.exit != 0;
        for (String test : chosen) {
            Run run = all.of(test);
            boolean good = run.samples() > 0 && run.forbidden() == 0;
            failed |= !good;
            say(line(good ? "passed" : "FAILED", test, run));
        }
        say("  exit code " + all.exit + ", " + all.seconds + " s");
    }

    /// Compiled by C2 only, which leaves out most.
    private void twins() throws Exception {
        say("twins, by C2");
        int number = 0;
        for (Twin twin : Twins.ALL) {
            number++;
            if (only.matcher(twin.name()).find()) {
                String name = "twin-" + number;
                Path classes = OUT.resolve(name).toAbsolutePath();
                Weakener.write(twin.edits(), classes);
                Run run;
                int attempt = 0;
                do {
                    run = run(name, classes, List.of(twin.test()),
                            List.of("-iters", "5", "-jvmArgs", "-XX:-TieredCompilation"))
                            .of(twin.test());
                } while (twin.shown() && run.forbidden() == 0 && ++attempt < ATTEMPTS);
                boolean found = run.forbidden() > 0;
                failed |= twin.shown() && !found || run.samples() == 0;
                say(line(found ? "found" : twin.shown() ? "NOT FOUND" : "not shown", twin.name(), run));
            }
        }
    }

    private static String line(String verdict, String what, Run run) {
        return String.format("  %-9s %,14d samples %,12d forbidden  %s", verdict, run.samples(), run.forbidden(), what);
    }

    /// What one run of jcstress came to, and the lines that it printed.
    private record Run(int exit, long seconds, List<String> log) {
        private static final Pattern HEAD = Pattern.compile("^[. ]*\\[[A-Z ]+] dev\\.millrace\\.[a-z]+\\.(\\S+)$");
        private static final Pattern ROW = Pattern.compile("^\\s+\\S.*?\\s([\\d,]+)\\s+[<\\d.]+%\\s+(\\w+)\\s");

        /// The part that is about `test`. At the end jcstress repeats what failed.
        Run of(String test) {
            var part = new ArrayList<String>();
            boolean mine = false;
            for (String line : log) {
                if (line.startsWith("RUN RESULTS")) {
                    break;
                }
                var head = HEAD.matcher(line);
                if (head.find()) {
                    mine = head.group(1).equals(test);
                } else if (mine) {
                    part.add(line);
                }
            }
            return new Run(exit, seconds, part);
        }

        long samples() {
            return sum("");
        }

        long forbidden() {
            return sum("Forbidden");
        }

        private long sum(String kind) {
            long sum = 0;
            for (String line : log) {
                var row = ROW.matcher(line);
                if (row.find() && (kind.isEmpty() || row.group(2).equals(kind))) {
                    sum += Long.parseLong(row.group(1).replace(",", ""));
                }
            }
            return sum;
        }
    }

    private Run run(String name, Path classes, List<String> tests, List<String> options) throws Exception {
        String path = System.getProperty("java.class.path");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath", classes == null ? path : classes + File.pathSeparator + path,
                "org.openjdk.jcstress.Main", "-v",
                "-t", tests.stream().map(Pattern::quote).collect(Collectors.joining("|", "\\.(", ")$")),
                "-c", "2", "-sc", "false", "-f", "1", "-time", time, "-r", "html"));
        command.addAll(options);
        Path log = OUT.resolve(name + ".log");
        long began = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .directory(OUT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IllegalStateException("no end: " + log);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        return new Run(process.exitValue(), seconds, Files.readAllLines(log));
    }
}
