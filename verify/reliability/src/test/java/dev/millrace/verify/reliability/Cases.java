package dev.millrace.verify.reliability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The page of reliability cases, and what the test sources say about them.
final class Cases {
    static final int COUNT = 64;

    /// A row of the page.
    ///
    /// @param tier `build`, `full` (also in the build, smaller), `partly`, or `missing`
    /// @param tests `Class#method`
    record Row(int number, String text, String tier, Set<String> tests) {}

    private static final Pattern ROW = Pattern.compile("\\| *(\\d+) *\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|.*");
    private static final Pattern TEST = Pattern.compile("`([A-Za-z0-9]+#[A-Za-z0-9_]+)`");
    private static final Pattern ANNOTATED = Pattern.compile(
            "@Hazard\\(\\s*(\\{[^}]*}|\\d+)\\s*\\)(?:(?!@Hazard)[\\s\\S])*?\\b(?:void|Stream<DynamicTest>)\\s+(\\w+)\\s*\\(");
    private static final Pattern METHOD = Pattern.compile("\\b(?:void|Stream<DynamicTest>)\\s+(\\w+)\\s*\\(");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private Cases() {}

    static List<Row> parse(String page) {
        var rows = new ArrayList<Row>();
        page.lines().forEach(line -> {
            Matcher m = ROW.matcher(line);
            if (m.matches()) {
                rows.add(new Row(Integer.parseInt(m.group(1)), m.group(2).strip(), m.group(3).strip(),
                        find(TEST, m.group(4))));
            }
        });
        return rows;
    }

    /// {@return the tests of a source by the numbers that they carry}
    static Map<Integer, Set<String>> annotated(String className, String source) {
        var found = new TreeMap<Integer, Set<String>>();
        Matcher m = ANNOTATED.matcher(code(source));
        while (m.find()) {
            Matcher numbers = NUMBER.matcher(m.group(1));
            while (numbers.find()) {
                found.computeIfAbsent(Integer.valueOf(numbers.group()), _ -> new TreeSet<>())
                        .add(className + "#" + m.group(2));
            }
        }
        return found;
    }

    /// {@return all methods of a source that may be tests}
    static Set<String> methods(String className, String source) {
        return find(METHOD, code(source)).stream().map(name -> className + "#" + name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String code(String source) {
        return source.lines().filter(l -> !l.stripLeading().startsWith("//")).collect(Collectors.joining("\n"));
    }

    private static Set<String> find(Pattern pattern, String text) {
        var all = new TreeSet<String>();
        Matcher m = pattern.matcher(text);
        while (m.find()) {
            all.add(m.group(1));
        }
        return all;
    }

    /// {@return one line for each broken promise}
    static List<String> problems(List<Row> rows, Map<Integer, Set<String>> annotated, Set<String> methods) {
        var found = new ArrayList<String>();
        for (int n = 1; n <= COUNT; n++) {
            int number = n;
            List<Row> mine = rows.stream().filter(r -> r.number == number).toList();
            if (mine.size() != 1) {
                found.add("case " + n + " has " + mine.size() + " rows");
                continue;
            }
            Row row = mine.getFirst();
            if (!Set.of("build", "full", "partly", "missing").contains(row.tier)) {
                found.add("case " + n + " has the unknown tier '" + row.tier + "'");
            }
            if (row.tests.isEmpty() != row.tier.equals("missing")) {
                found.add("case " + n + " is '" + row.tier + "' with the tests " + row.tests);
            }
            for (String test : row.tests) {
                if (!methods.contains(test)) {
                    found.add("case " + n + " names " + test + ", which does not exist");
                } else if (!annotated.getOrDefault(n, Set.of()).contains(test)) {
                    found.add("case " + n + " names " + test + ", which does not carry @Hazard(" + n + ")");
                }
            }
        }
        annotated.forEach((n, tests) -> tests.forEach(test -> {
            if (rows.stream().noneMatch(r -> r.number == n && r.tests.contains(test))) {
                found.add(test + " carries @Hazard(" + n + "), and the page does not name it there");
            }
        }));
        return found;
    }
}
