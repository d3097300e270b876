package dev.millrace.verify.explore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lines of the full tier, in `target/explored.txt`. It takes long: with `-Dexplore.known=FILE` what stands in that file, of a run that was cut
/// short, is not done once more.
final class Figures {
    private static final Pattern LINE =
            Pattern.compile("(.+?) +([A-Z_]+) +(?:at \\d+)? +\\d+ schedules .*(?:complete|occasions)");
    private static final Path FILE = Path.of("target/explored.txt");
    private static final boolean KEEPS = "full".equals(System.getProperty("explore.tier"));
    private static final Set<String> KNOWN = known(System.getProperty("explore.known"));

    private Figures() {}

    private static Set<String> known(@org.jspecify.annotations.Nullable String file) {
        var all = new HashSet<String>();
        try {
            for (String line : file == null ? List.<String>of() : Files.readAllLines(Path.of(file))) {
                Matcher m = LINE.matcher(line);
                if (m.matches()) {
                    all.add(start(m.group(1), m.group(2)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static String start(String name, String what) {
        return name + " " + what;
    }

    static boolean has(String name, String what) {
        return KNOWN.contains(start(name, what));
    }

    static void add(String line) {
        if (KEEPS) {
            try {
                Files.createDirectories(FILE.toAbsolutePath().getParent());
                Files.writeString(FILE, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
