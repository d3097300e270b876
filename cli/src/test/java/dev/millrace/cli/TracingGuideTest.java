package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the guide to tracing shows of the JDK's tools is what they say of such a recording: events, fields, columns, lines of the program. Times,
/// numbers of tasks and how often something was waited for differ from run to run.
class TracingGuideTest {
    /// A command of the guide, what the guide shows, and what it has printed here.
    private record Shown(List<String> command, List<String> guide, List<String> here) {}

    private static final String EACH_SECOND = "dev.millrace.GoroutineStatistics";

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    private static String guide = "";
    private static List<List<String>> outputs = List.of();

    @BeforeAll
    static void run() throws Exception {
        guide = Files.readString(root().resolve("docs/guides/tracing.md"));
        var all = new ArrayList<List<String>>();
        for (Shown shown : shown(guide, null)) {
            all.add(output(shown.command()));
        }
        outputs = all;
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("docs/guides"))) {
            here = here.getParent();
        }
        return here;
    }

    private static List<String> output(List<String> command) throws IOException, InterruptedException {
        String file = folder.resolve("orders.jfr").toString();
        var line = new ArrayList<>(command);
        line.replaceAll(word -> word.equals("orders.jfr") ? file : word);
        Ran ran;
        if (line.getFirst().equals("./millrace")) {
            ran = Ran.here(line.subList(1, line.size()).toArray(String[]::new));
        } else {
            assertEquals("jfr", line.getFirst());
            line.set(0, Ran.java().resolveSibling("jfr").toString());
            var builder = new ProcessBuilder(line);
            builder.environment().put("LC_ALL", "C");
            ran = Ran.process(builder);
        }
        assertEquals(0, ran.code(), () -> command + ": " + ran.out() + ran.err());
        return ran.out().lines().toList();
    }

    /// The commands of the guide's text blocks.
    private static List<Shown> shown(String text, List<List<String>> here) {
        var all = new ArrayList<Shown>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            if (line.startsWith("```")) {
                inside = line.equals("```text");
            } else if (inside && line.startsWith("$ ")) {
                var words = new ArrayList<String>();
                WORD.matcher(line.substring(2)).results()
                        .forEach(m -> words.add(m.group(1) == null ? m.group(2) : m.group(1)));
                all.add(new Shown(words, new ArrayList<>(), here == null ? List.of() : here.get(all.size())));
            } else if (inside && !all.isEmpty() && !line.isBlank() && !line.equals("…")) {
                all.getLast().guide().add(line);
            }
        }
        return all;
    }

    private static List<String> complaints(String text) {
        var all = new ArrayList<String>();
        for (Shown shown : shown(text, outputs)) {
            switch (shown.command().get(1)) {
                case "run" -> program(shown, all);
                case "summary" -> summary(shown, all);
                case "view" -> view(shown, all);
                case "print" -> print(shown, all);
                default -> all.add("nothing is known of " + shown.command());
            }
        }
        return all;
    }

    /// One line for each order; the last is always late.
    private static void program(Shown shown, List<String> complaints) {
        same("lines of the program", shown.guide().size(), shown.here().size(), complaints);
        same("the last line", shown.guide().getLast(), shown.here().getLast(), complaints);
    }

    private static void summary(Shown shown, List<String> complaints) {
        String heading = " Event Type Count Size (bytes)";
        for (List<String> lines : List.of(shown.guide(), shown.here())) {
            same("the heading", 1L, lines.stream().filter(l -> spaced(l).equals(heading.strip())).count(), complaints);
        }
        Set<String> guide = ours(shown.guide());
        Set<String> here = ours(shown.here());
        if (guide.contains(EACH_SECOND)) {
            here.add(EACH_SECOND); // a shorter run need not meet it
        }
        same("events", guide, here, complaints);
        for (String certain : List.of("Task", "Log")) {
            same("how many of " + certain, count(shown.guide(), certain), count(shown.here(), certain), complaints);
        }
    }

    /// Of the library, those that there were.
    private static Set<String> ours(List<String> lines) {
        var names = new TreeSet<String>();
        for (String line : lines) {
            String[] words = line.strip().split(" +");
            if (words[0].startsWith("dev.millrace.") && !words[1].equals("0")) {
                names.add(words[0]);
            }
        }
        return names;
    }

    private static String count(List<String> lines, String event) {
        return lines.stream().map(l -> l.strip().split(" +")).filter(w -> w[0].equals("dev.millrace." + event))
                .map(w -> w[1]).findFirst().orElse("none");
    }

    /// The same title and columns; and each row of the guide is one of those here.
    private static void view(Shown shown, List<String> complaints) {
        var here = new TreeSet<String>();
        shown.here().forEach(l -> here.add(row(l)));
        for (String line : shown.guide()) {
            if (!line.startsWith("---") && !here.contains(row(line))) {
                complaints.add(shown.command() + " has no row \"" + row(line) + "\" but " + here);
            }
        }
    }

    /// Without what differs from run to run, and without the ends that were cut off for want of room.
    private static String row(String line) {
        return spaced(line).replaceAll("^\\d\\d:\\d\\d:\\d\\d [\\d.,]+ (ns|us|ms|s) ", "TIME ")
                .replaceAll(" \\d+ order ", " N order ").replaceAll("\\S+\\.\\.\\.", "CUT");
    }

    /// Line by line as in the guide, of the event that the guide shows.
    private static void print(Shown shown, List<String> complaints) {
        String which = shown.guide().stream().filter(l -> l.contains(" context = ")).findFirst().orElse("");
        int at = shown.here().indexOf(which);
        int begin = at;
        while (begin > 0 && !shown.here().get(begin).endsWith(" {")) {
            begin--;
        }
        for (int i = 0; i < shown.guide().size(); i++) {
            String here = at < 0 ? "no event with" + which : shown.here().get(begin + i);
            same("line " + i + " of the event", field(shown.guide().get(i)), field(here), complaints);
        }
    }

    private static String field(String line) {
        return line.replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d+ \\([\\d-]+\\)", "TIME")
                .replaceAll("(contexts|others) = \\d+", "$1 = N");
    }

    private static String spaced(String line) {
        return line.strip().replaceAll(" +", " ");
    }

    private static void same(String what, Object guide, Object here, List<String> complaints) {
        if (!guide.equals(here)) {
            complaints.add(what + ": the guide has " + guide + ", here is " + here);
        }
    }

    @Test
    void guide_showsWhatTheToolsSay() {
        assertEquals(List.of("run", "summary", "view", "view", "print"),
                shown(guide, null).stream().map(s -> s.command().get(1)).toList());
        assertEquals(List.of(), complaints(guide));
    }

    /// Each of these makes it another page.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            order 4: too late                    | order 4: sent
            dev.millrace.Log                     | dev.millrace.Remark
            Count  Size (bytes)                  | Number  Size (bytes)
            Type         Task Task Type          | Kind         Task Task Type
            charge            N/A                | charged           N/A
            Operation       Object               | Object          Operation
            TraceOrders.java:72                  | TraceOrders.java:73
            mutex "warehouse"                    | mutex "store"
            kind = "DEADLINE_EXCEEDED"           | kind = "DEADLINE"
            below = "trace-orders"               | above = "trace-orders"
            budget = 500 ms                      | budget = 400 ms
            """)
    void guideThatWasAltered_isFound(String is, String altered) {
        String other = guide.replace(is, altered);
        assertFalse(other.equals(guide), "the guide has no \"" + is + "\"");
        assertFalse(complaints(other).isEmpty(), Arrays.asList(is, altered).toString());
    }
}
