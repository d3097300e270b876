package dev.millrace.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Makes the report of a run. `Report <folder> <results>` collects the raw output of the rounds into `<results>.json`
/// and writes the tables to `<results>.md`; `Report <file.json>` makes the tables of an earlier run anew. Both print
/// them.
public final class Report {
    private Report() {}

    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ROOT);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (arguments.length == 1) {
            out.print(Markdown.render(Results.read(Path.of(arguments[0])), Goal.all()));
        } else if (arguments.length == 2) {
            Results results = Results.collect(Path.of(arguments[0]));
            results.write(Path.of(arguments[1] + ".json")); // first: the figures took an hour, the page can be made again
            String page = Markdown.render(results, Goal.all());
            Files.writeString(Path.of(arguments[1] + ".md"), page);
            out.print(page);
        } else {
            System.err
                    .println("usage: Report <folder of raw results> <results without ending> | Report <results.json>");
            System.exit(2);
        }
    }
}
