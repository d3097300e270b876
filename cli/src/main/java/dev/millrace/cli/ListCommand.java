package dev.millrace.cli;

import dev.millrace.examples.Program;
import dev.millrace.examples.Programs;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "list",
        header = "List the programs that `millrace run` knows.",
        footer = {"", "What one does, and its options: millrace run NAME --help"})
final class ListCommand implements Callable<Integer> {
    private final Session session;

    ListCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<Program> all = Programs.all();
        int width = all.stream().mapToInt(p -> p.name().length()).max().orElse(0);
        var text = new StringBuilder();
        for (Program p : all) {
            text.append(p.name()).append(" ".repeat(width - p.name().length() + 2)).append(p.summary()).append('\n');
        }
        return session.write(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
