package dev.millrace.verify.items;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The table of observable behaviours and what the repository says about each.
final class Items {
    /// One line of `items.tsv`.
    record Row(String id, String text, String status) {
        boolean isDeviation() {
            return status.equals("deviation");
        }

        boolean isPending() {
            return status.startsWith(PENDING) && status.length() > PENDING.length();
        }

        /// {@return what comes before the number, such as `CTX-C` or `SEL`}
        String family() {
            return id.replaceAll("-?\\d+$", "");
        }
    }

    private static final Pattern DEVIATIONS = Pattern.compile("(?m)^## Deviations$");
    private static final String PENDING = "pending: ";

    private Items() {}

    static List<Row> parse(String table) {
        var rows = new ArrayList<Row>();
        table.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            String[] cells = line.split("\t", -1);
            if (cells.length != 3) {
                throw new IllegalArgumentException("a row has id, text and status, with tabs between: " + line);
            }
            rows.add(new Row(cells[0].strip(), cells[1].strip(), cells[2].strip()));
        });
        return rows;
    }

    /// {@return one line for each broken promise}
    ///
    /// @param testsById the tests that name an id, `Class#method`
    /// @param deviations the text of `docs/go-to-java.md`
    static List<String> problems(List<Row> rows, Map<String, Set<String>> testsById, String deviations) {
        var found = new ArrayList<String>();
        var known = new HashSet<String>();
        for (Row row : rows) {
            boolean tested = testsById.containsKey(row.id());
            if (!known.add(row.id())) {
                found.add(row.id() + " stands twice in items.tsv");
            }
            if (!row.isDeviation() && DEVIATIONS.matcher(deviations).results()
                    .anyMatch(heading -> isExplained(row.id(), deviations.substring(heading.end())))) {
                found.add(row.id()
                        + " is explained below Deviations in docs/go-to-java.md: its status in items.tsv must be"
                        + " 'deviation'");
            }
            if (row.isDeviation()) {
                if (!isExplained(row.id(), deviations)) {
                    found.add(row.id() + " is a deviation, but no heading, anchor or table row of docs/go-to-java.md"
                            + " names it");
                }
            } else if (row.isPending()) {
                if (tested) {
                    found.add(row.id() + " is pending in items.tsv, but " + testsById.get(row.id())
                            + " tests it: empty its status");
                }
            } else if (!row.status().isEmpty()) {
                found.add(row.id() + " has the unknown status '" + row.status() + "'");
            } else if (!tested) {
                found.add(row.id() + " has neither test nor deviation nor pending: " + row.text());
            }
        }
        new TreeMap<>(testsById).forEach((id, tests) -> {
            if (!known.contains(id)) {
                found.add(id + " is no item of items.tsv, but " + tests + " names it");
            }
        });
        return found;
    }

    private static boolean isExplained(String id, String deviations) {
        var word = Pattern.compile("(?i)(?<![A-Z0-9-])" + Pattern.quote(id) + "(?![A-Z0-9])");
        return deviations.lines().filter(l -> l.startsWith("#") || l.startsWith("|") || l.contains("<a id="))
                .anyMatch(l -> word.matcher(l).find());
    }

    /// {@return the table for readers}
    static String page(List<Row> rows, Map<String, Set<String>> testsById) {
        long deviations = rows.stream().filter(Row::isDeviation).count();
        long pending = rows.stream().filter(Row::isPending).count();
        var out = new StringBuilder(32_768);
        out.append("""
                # Conformance items

                What Go's concurrency system does, one observable behaviour each, and what proves that Millrace does it.
                "deviation" says that Millrace differs, wholly or in a part: how and why is in
                [go-to-java.md](go-to-java.md#deviations), and the tests beside it show what is said there.
                "pending" waits for the part that it names.
                This page is generated from `verify/items` and checked by the build.

                """);
        long tested = rows.stream().filter(r -> r.status().isEmpty() && testsById.containsKey(r.id())).count();
        long shown = rows.stream().filter(r -> r.isDeviation() && testsById.containsKey(r.id())).count();
        out.append(rows.size()).append(" items: ").append(tested).append(" tested to be as in Go, ")
                .append(deviations).append(" deviations (").append(shown).append(" of them tested to be as stated), ")
                .append(pending).append(" pending.\n");
        var families = new LinkedHashMap<String, List<Row>>();
        rows.forEach(row -> families.computeIfAbsent(row.family(), _ -> new ArrayList<>()).add(row));
        families.forEach((family, members) -> {
            out.append("\n## ").append(family).append("\n\n| item | behaviour | proof |\n|---|---|---|\n");
            for (Row row : members) {
                out.append("| ").append(row.id()).append(" | ").append(escape(row.text())).append(" | ")
                        .append(proof(row, testsById.getOrDefault(row.id(), Set.of()))).append(" |\n");
            }
        });
        return out.toString();
    }

    private static String proof(Row row, Set<String> tests) {
        String names = tests.stream().map(t -> "`" + t + "`").collect(Collectors.joining(", "));
        return row.status() + (row.status().isEmpty() || names.isEmpty() ? "" : "; ") + names;
    }

    private static String escape(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
