package dev.millrace.cli;

import dev.millrace.chan.Select;
import dev.millrace.conformance.BadCorpusException;
import dev.millrace.conformance.Conformance;
import dev.millrace.conformance.Corpus;
import dev.millrace.conformance.Divergence;
import dev.millrace.conformance.Planted;
import dev.millrace.conformance.Program;
import dev.millrace.conformance.Rule;
import dev.millrace.conformance.Verdict;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.group.Forked;
import dev.millrace.group.TaskGroup;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "conformance",
        header = "Run programs that were recorded on real Go, and compare every answer.",
        description = {
            "",
            "Each program runs in virtual time of its own. A PATH is a file with a program a line, plain or compressed by gzip, or a"
                    + " directory with files called *.jsonl or *.jsonl.gz. Without a PATH it is the corpus that comes with Millrace.",
            "",
            "What differs from Go is printed with the program's id, the step, what was expected and what came. The last line counts:"
                    + " programs, those that diverged, and how often a rule allowed a deviation.",
            "",
            "To see that it would find a bug, plant one: with --planted the library does one thing not as Go does, and programs diverge.",
            "",
            "The exit code is 1 when a program diverged, and 2 when a PATH is no corpus.",
            ""
        },
        footer = {"", "Example: millrace conformance --kind channel --limit 500"})
final class ConformanceCommand implements Callable<Integer> {
    /// Programs that wait for their turn to be reported, or run.
    private static final int AHEAD = 64;

    /// Of one program: the first divergence brings the others with it.
    private static final int SHOWN = 10;

    private final Session session;

    @Option(
            names = "--kind",
            paramLabel = "K",
            converter = KindConverter.class,
            description = "Only programs of kind K: context, channel, sync or data.")
    private Program.@Nullable Kind kind;

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = Limits.CountConverter.class,
            description = "At most N programs, one of each file in turn.")
    private @Nullable Integer limit;

    @Option(
            names = "--planted",
            paramLabel = "BUG",
            converter = PlantedConverter.class,
            description = "Plant BUG: " + PlantedConverter.NAMES + ".")
    private @Nullable Planted planted;

    @Option(
            names = "--timeout",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "Give up after D, such as 500ms or 1m30s; exit code 124.")
    private @Nullable Duration timeout;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "A file or a directory.")
    private final List<String> paths = new ArrayList<>();

    ConformanceCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        return session.run("conformance", timeout, ctx -> {
            try {
                Corpus corpus = paths.isEmpty()
                        ? Corpus.shipped()
                        : Corpus.of(paths.stream().map(p -> FileName.ofArgument(p).path()).toList());
                return compare(ctx, corpus);
            } catch (BadCorpusException e) {
                session.console().error(String.valueOf(e.getMessage()));
                return ExitCode.USAGE;
            }
        });
    }

    private int compare(Context ctx, Corpus corpus) throws Exception {
        var tally = new Tally(session.console().lines());
        var conformance = planted == null ? new Conformance() : new Conformance(planted);
        if (planted != null) {
            session.console().lines().println("planted " + planted.text() + ": " + planted.fault());
        }
        try (var progress = new Progress(session.console(), "conformance");
                var programs = corpus.open(limit != null);
                var group = TaskGroup.open(ctx).limit(Go.numCpu())) {
            if (limit == null) {
                progress.found(corpus.bytes());
            }
            var running = new ArrayDeque<Forked<Verdict>>(); // in the order of the files, which is that of the report
            int started = 0;
            for (Corpus.Line line = programs.next(); line != null; line = programs.next()) {
                ctx.check();
                progress.done(line.size());
                Program program = line.program();
                if (kind != null && program.kind() != kind) {
                    continue;
                }
                running.add(group.fork(program.id(), _ -> conformance.run(program)));
                if (running.size() >= AHEAD) {
                    tally.add(await(ctx, running.remove()));
                }
                if (limit != null && ++started == limit) {
                    break;
                }
            }
            while (!running.isEmpty()) {
                tally.add(await(ctx, running.remove()));
            }
        }
        if (tally.programs == 0) {
            throw new BadCorpusException(
                    "expected programs of kind " + (kind == null ? "any" : kind.text()) + ", there is none");
        }
        return tally.finish();
    }

    private static Verdict await(Context ctx, Forked<Verdict> task) {
        return Select.<Verdict>first().event(task.done(), task::get).run(ctx);
    }

    /// Counts and prints.
    private static final class Tally {
        private final PrintStream out;
        private final Map<Rule, Long> allowed = new EnumMap<>(Rule.class);
        private int programs;
        private int diverged;

        Tally(PrintStream out) {
            this.out = out;
        }

        void add(Verdict verdict) {
            programs++;
            verdict.allowed().forEach((rule, times) -> allowed.merge(rule, times, Long::sum));
            List<Divergence> found = verdict.divergences();
            if (!found.isEmpty()) {
                diverged++;
                found.stream().limit(SHOWN).forEach(out::println);
                if (found.size() > SHOWN) {
                    out.println(verdict.program().id() + " " + (found.size() - SHOWN) + " more of this program");
                }
            }
        }

        int finish() {
            allowed.forEach(
                    (rule, times) -> out.println("allowed " + rule.text() + " " + times + ": " + rule.reason()));
            long all = allowed.values().stream().mapToLong(Long::longValue).sum();
            out.println(programs + " programs, " + diverged + " diverged, " + all + " allowed deviations");
            return diverged == 0 && !out.checkError() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /// A kind of programs.
    static final class KindConverter implements ITypeConverter<Program.Kind> {
        @Override
        public Program.Kind convert(String text) {
            Program.Kind kind = Program.Kind.of(text);
            if (kind == null) {
                throw new TypeConversionException("expected context, channel, sync or data, was \"" + text + "\"");
            }
            return kind;
        }
    }

    /// A bug to plant.
    static final class PlantedConverter implements ITypeConverter<Planted> {
        static final String NAMES =
                "forgotten-cause, last-waiter-first, default-while-ready, last-waiter-signaled or blind-swap";

        @Override
        public Planted convert(String text) {
            return Arrays.stream(Planted.values()).filter(p -> p.text().equals(text)).findAny().orElseThrow(
                    () -> new TypeConversionException("expected " + NAMES + ", was \"" + text + "\""));
        }
    }
}
