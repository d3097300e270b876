package dev.millrace.examples.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Regions of sources, and the blocks of documents that promise to be one of them.
///
/// A region stands between the lines `// region NAME` and `// endregion`. A document shows it like this:
///
/// ```
/// <!-- region: Pages#page -->
/// (a fenced block of java)
/// ```
///
/// In sources a document is a comment, so `///` before each line is left out.
final class Snippets {
    /// A fenced block of a document.
    ///
    /// @param mark what stands in the comment before it, such as `region: Pages#page`; empty when there is none
    /// @param place the document and the line of the fence
    record Block(String mark, String language, String text, String place) {}

    private Snippets() {}

    /// {@return the folder that all modules stand in}
    static Path root() {
        Path root = Path.of("").toAbsolutePath().getParent();
        if (!Files.exists(root.resolve("CONTRIBUTING.md"))) {
            throw new IllegalStateException("not the root of the repository: " + root);
        }
        return root;
    }

    /// {@return the text of each region below `folder`, by `File#name`}
    static Map<String, String> regions(Path folder) throws IOException {
        var found = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                regions(name, Files.readString(file)).forEach((key, text) -> {
                    if (found.put(key, text) != null) {
                        throw new IllegalStateException("region " + key + " exists twice; the second is in " + file);
                    }
                });
            }
        }
        return found;
    }

    static Map<String, String> regions(String file, String source) {
        var found = new TreeMap<String, String>();
        String open = null;
        var lines = new ArrayList<String>();
        for (String line : source.lines().toList()) {
            String word = line.strip();
            if (word.startsWith("// region ")) {
                check(open == null, file + ": region within region " + open);
                open = word.substring("// region ".length()).strip();
                lines.clear();
            } else if (word.equals("// endregion")) {
                check(open != null, file + ": endregion without region");
                check(found.put(file + "#" + open, dedent(lines)) == null, file + ": two regions " + open);
                open = null;
            } else {
                lines.add(line);
            }
        }
        check(open == null, file + ": region " + open + " has no end");
        return found;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static String dedent(List<String> lines) {
        return String.join("\n", lines).stripIndent().strip();
    }

    /// {@return the fenced blocks of a document}
    static List<Block> blocks(String document, String text) {
        boolean comment = document.endsWith(".java");
        UnaryOperator<String> content = line -> line.strip().replaceFirst("^/// ?", "");
        List<String> lines = comment ? text.lines().map(content).toList() : text.lines().toList();
        var found = new ArrayList<Block>();
        String mark = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("<!-- ") && line.endsWith(" -->")) {
                mark = line.substring(5, line.length() - 4).strip();
            } else if (line.startsWith("```")) {
                int end = i + 1;
                while (end < lines.size() && !lines.get(end).strip().equals("```")) {
                    end++;
                }
                check(end < lines.size(), document + ":" + (i + 1) + ": the block has no end");
                found.add(new Block(mark, line.substring(3).strip(), dedent(lines.subList(i + 1, end)),
                        document + ":" + (i + 1)));
                mark = "";
                i = end;
            } else if (!line.isEmpty()) {
                mark = "";
            }
        }
        return found;
    }

    /// {@return one line for each block that is not the region that it promises to be}
    ///
    /// @param allMarked whether a Java block without a mark is a problem
    static List<String> problems(List<Block> blocks, Map<String, String> regions, boolean allMarked) {
        var found = new ArrayList<String>();
        for (Block block : blocks) {
            if (block.mark().startsWith("region: ")) {
                String key = block.mark().substring("region: ".length());
                String region = regions.get(key);
                if (region == null) {
                    found.add(block.place() + ": there is no region " + key);
                } else if (!region.equals(block.text())) {
                    found.add(block.place() + ": differs from the region " + key + ", which is\n" + region + "\n");
                }
            } else if (allMarked && block.language().equals("java")) {
                found.add(block.place() + ": a Java block must be a region of an example");
            }
        }
        return found;
    }

    /// {@return `text` without what differs from run to run: times and numbers of threads}
    static String steady(String text) {
        return text.lines().map(String::strip)
                .map(l -> l.replaceAll("\\d+(\\.\\d)? (ns|us|ms|s)\\b", "T").replaceAll("goroutine \\d+",
                        "goroutine N"))
                .collect(Collectors.joining("\n")).strip();
    }

    /// The lines of `text`, where it is by chance which of them is first, which ports there are, and whether a goroutine of the library's own
    /// (detached, and about to end) is still seen.
    static String unordered(String text) {
        return steady(text).lines().map(l -> l.replaceAll("^[├└]─ ", "").replaceAll(":\\d{4,5}\\b", ":PORT")
                .replaceAll("\\.java:\\d+", ".java:N"))
                .filter(l -> !l.matches("detached +detached, alive|goroutine N +running: .*")).sorted()
                .collect(Collectors.joining("\n"));
    }
}
