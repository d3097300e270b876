package dev.millrace.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// The tables of a run.
final class Markdown {
    /// When others used more of the processors' time than this, in percent, nothing is judged.
    private static final double QUIET_OTHERS = 10;

    /// Where that was not measured: above this load average at the start, or this and the processors' number at the end, somebody else was at work.
    private static final double QUIET_LOAD = 1.5;

    private static final String OURS = "millrace";
    /// Shapes that stand in one table, and those rivals that have a column there.
    private record Group(String title, String shapes, List<String> rivals) {}

    private static final String CHANNELS = "(Chan|Select|Memory).*";
    private static final String LOCKS = "(Mutex|RWMutex|Semaphore|Cond|Once|WaitGroup|Pool|SyncMap|Atomic).*";
    private static final List<Group> GROUPS = List.of(
            new Group("Contexts and goroutines", "(?!" + CHANNELS + "|" + LOCKS + ").*",
                    List.of("go", "grpc", "kotlin", "structuredTaskScope", "jdk")),
            new Group("Channels and select", CHANNELS, List.of("go", "kotlin", "kotlinOneThread", "jox", "jdk")),
            new Group("Locks and what else is shared", LOCKS, List.of("go", "kotlin", "optimistic", "jdk")));
    private static final Map<String, String> TITLES = Map.of(
            "go", "Go", "grpc", "gRPC", "kotlin", "Kotlin", "kotlinOneThread", "Kotlin, one thread",
            "structuredTaskScope", "StructuredTaskScope", "jox", "Jox", "optimistic", "StampedLock, optimistic",
            "jdk", "JDK");

    private final Results results;
    private static final int LEAST_FOR_A_HALF = 6;

    private final List<Goal> goals;
    private final Map<String, Map<String, Figure>> figures;
    private final StringBuilder out = new StringBuilder();

    private Markdown(Results results, List<Goal> goals) {
        this.results = results;
        this.goals = goals;
        this.figures = results.figures();
    }

    static String render(Results results, List<Goal> goals) {
        var page = new Markdown(results, goals);
        page.head();
        page.overview();
        page.goals();
        page.everything();
        return page.out.toString();
    }

    private void head() {
        line("# Benchmarks, %s", results.run("date"));
        line("");
        row("", "");
        row("---", "---");
        for (String property : List.of("machine", "system", "jdk", "jmh", "go", "commit", "rounds", "options",
                "started", "ended")) {
            row(property, results.run(property).replace("|", "\\|"));
        }
        row("load average before, after", results.run("loadBefore") + ", " + results.run("loadAfter"));
        if (!results.run("others").isEmpty()) {
            row("processors' time used by others", results.run("others") + " %");
        }
        if (!results.run("near").isEmpty()) {
            row("processors near each other", "a variable there and back in at most " + results.run("near")
                    + " ns; left out since it took longer: %.1f %% of the measurements".formatted(results.moved()));
        }
        if (isLoaded()) {
            row("kept busy by this run", results.run("busy") + " threads that compute");
        }
        line("");
        String obstacle = obstacle();
        if (!obstacle.isEmpty()) {
            line("**%s: nothing is judged.**", obstacle);
            line("");
        }
    }

    /// Why the figures are no ground to judge on, empty when they are.
    private String obstacle() {
        if (results.run("options").contains("--quick")) {
            return "A quick run, too short for figures that mean anything";
        }
        boolean loaded = results.run("others").isEmpty()
                ? number("loadBefore") > QUIET_LOAD || number("loadAfter") > QUIET_LOAD + number("processors")
                : number("others") > QUIET_OTHERS;
        return loaded ? "Others were at work on this machine" : "";
    }

    private boolean isLoaded() {
        return number("busy") > 0;
    }

    private boolean judged() {
        return obstacle().isEmpty();
    }

    private double number(String property) {
        String value = results.run(property);
        return value.isEmpty() ? 0 : Double.parseDouble(value);
    }

    private void overview() {
        line("## Side by side");
        line("");
        line("Time per operation, medians of the rounds; after it the bytes allocated, and our time divided by theirs.");
        if (isLoaded()) {
            line("In brackets our CPU time divided by theirs.");
        }
        line("For the shapes about memory: resident bytes, and bytes of the heap, of each.");
        line("What an operation is, and where a shape misleads: [README](../README.md).");
        line("");
        for (Group group : GROUPS) {
            List<String> shapes = figures.keySet().stream().filter(shape -> shape.matches(group.shapes)).toList();
            if (!shapes.isEmpty()) {
                overview(group.title, group.rivals, shapes);
            }
        }
    }

    private void overview(String group, List<String> rivals, List<String> shapes) {
        line("### %s", group);
        line("");
        row("shape", "Millrace", String.join(" | ", rivals.stream().map(TITLES::get).toList()));
        row("---", "--:", String.join(" | ", rivals.stream().map(_ -> "--:").toList()));
        for (String shape : shapes) {
            Map<String, Figure> by = figures.get(shape);
            Figure ours = by.get(OURS);
            var cells = new StringBuilder();
            for (String rival : rivals) {
                String name = rival.equals("jdk") ? best(by, other -> other.startsWith("jdk")) : rival;
                Figure theirs = by.get(name);
                cells.append(cells.isEmpty() ? "" : " | ")
                        .append(theirs == null ? absent(rival) : against(ours, theirs))
                        .append(rival.equals("jdk") && theirs != null ? " (" + name.substring(3) + ")" : "");
            }
            row(shape, ours == null ? "–" : amount(ours) + ", " + bytes(ours.bytes()), cells.toString());
        }
        line("");
    }

    /// The name of the fastest of those that are asked for, empty when there is none.
    private static String best(Map<String, Figure> by, Predicate<String> who) {
        return by.keySet().stream().filter(who)
                .min(Comparator.comparingDouble(name -> by.get(name).wall()))
                .orElse("");
    }

    private String absent(String rival) {
        return rival.equals("go") && results.run("go").startsWith("not ") ? results.run("go") : "–";
    }

    private String against(Figure ours, Figure theirs) {
        String cell = amount(theirs) + ", " + bytes(theirs.bytes());
        if (ours == null) {
            return cell;
        }
        double cpu = ours.cpu() / theirs.cpu();
        return cell + ", **" + ratio(ours.wall() / theirs.wall()) + "**"
                + (isLoaded() && !Double.isNaN(cpu) ? " (" + ratio(cpu) + ")" : "");
    }

    private void goals() {
        line("## Goals");
        line("");
        if (isLoaded()) {
            line("By CPU time.");
            line("");
        }
        row("shape", "against", "ours", "theirs", "ratio", "must", "verdict", "moonshot");
        row("---", "---", "--:", "--:", "--:", "--:", "---", "--:");
        goals.stream().filter(goal -> goal.when() == Goal.When.LOADED == isLoaded()).forEach(this::goal);
        line("");
    }

    private void goal(Goal goal) {
        List<String> shapes = figures.keySet().stream().filter(shape -> shape.matches(goal.shape())).toList();
        Figure ours = null;
        Figure theirs = null;
        ToDoubleFunction<Figure> time = goal.when() == Goal.When.LOADED ? Figure::cpu : Figure::wall;
        String rival = goal.rival();
        double logarithms = 0;
        for (String shape : shapes) {
            ours = figure(shape, OURS);
            if (goal.rival().equals(Goal.BEST)) {
                rival = best(figures.get(shape), Markdown::isRivalOnJvm);
            }
            theirs = rival.contains(":")
                    ? figure(rival.substring(0, rival.indexOf(':')), rival.substring(rival.indexOf(':') + 1))
                    : figure(shape, rival);
            if (ours == null || theirs == null && !rival.equals(Goal.ABSOLUTE)) {
                return;
            }
            logarithms += Math.log(ours(goal, ours, time) / (theirs == null ? 1 : time.applyAsDouble(theirs)));
        }
        if (ours == null) {
            return;
        }
        double ratio = Math.exp(logarithms / shapes.size());
        boolean one = shapes.size() == 1;
        row(
                one ? shapes.getFirst()
                        : shapes.size() + " shapes, geometric mean: `" + goal.shape().replace("|", "\\|") + "`",
                one || !goal.rival().equals(Goal.BEST) ? rival : "the best of each",
                one ? amount(ours, ours(goal, ours, time)) : "–",
                one && theirs != null ? amount(theirs, time.applyAsDouble(theirs)) : "–",
                theirs == null ? "–" : ratio(ratio),
                Double.isNaN(goal.must()) ? "–" : "≤ " + limit(goal.must()),
                verdict(goal, ratio, ours.rounds()),
                moonshot(goal, ratio));
    }

    /// Neither ours, nor Go, nor the yardstick, nor what cannot use a second processor, nor reads that are none with a lock held.
    private static boolean isRivalOnJvm(String name) {
        return !name.startsWith(OURS) && !name.startsWith("go")
                && !List.of("control", "kotlinOneThread", "optimistic").contains(name);
    }

    private Figure figure(String shape, String rival) {
        return figures.getOrDefault(shape, Map.of()).get(rival);
    }

    private static double ours(Goal goal, Figure ours, ToDoubleFunction<Figure> time) {
        return goal.when() == Goal.When.BETTER_HALF ? ours.betterHalf() : time.applyAsDouble(ours);
    }

    private String verdict(Goal goal, double ratio, int rounds) {
        if (Double.isNaN(goal.must())) {
            return "–";
        }
        if (!judged()) {
            return "not judged";
        }
        if (Double.isNaN(ratio)) {
            return "not judged: the processors were never near each other";
        }
        boolean half = goal.when() == Goal.When.BETTER_HALF;
        if (half && rounds < LEAST_FOR_A_HALF) {
            return "not judged: %d rounds of at least %d".formatted(rounds, LEAST_FOR_A_HALF);
        }
        String by = half ? ", by the better half" : "";
        if (ratio <= goal.must()) {
            return "hit" + by;
        }
        double over = ratio / goal.must();
        return "**miss**, " + (over < 2 ? "%.1f %% over".formatted((over - 1) * 100) : "%.1f times".formatted(over))
                + by;
    }

    private String moonshot(Goal goal, double ratio) {
        if (Double.isNaN(goal.moonshot())) {
            return "–";
        }
        return "≤ " + limit(goal.moonshot()) + (judged() && ratio <= goal.moonshot() ? ", hit" : "");
    }

    private void everything() {
        line("## Everything measured");
        line("");
        line("Least and greatest are those of the rounds. CPU is the time of all the process's threads, where it says");
        line("something.");
        line("");
        row("shape", "implementation", "median", "least", "greatest", "CPU", "allocated");
        row("---", "---", "--:", "--:", "--:", "--:", "--:");
        figures.forEach((shape, by) -> by.forEach((rival, figure) -> row(
                shape,
                rival,
                amount(figure),
                amount(figure, figure.least()),
                amount(figure, figure.greatest()),
                time(figure.cpu()),
                bytes(figure.bytes()))));
    }

    private void row(String... cells) {
        line("%s", "| " + String.join(" | ", cells) + " |");
    }

    private void line(String format, Object... values) {
        out.append(format.formatted(values)).append('\n');
    }

    private static String amount(Figure figure) {
        return amount(figure, figure.wall());
    }

    private static String amount(Figure figure, double amount) {
        return figure.isMemory() ? bytes(amount) : time(amount);
    }

    static String time(double nanos) {
        if (Double.isNaN(nanos)) {
            return "–";
        }
        if (nanos >= 1e6) {
            return digits(nanos / 1e6) + " ms";
        }
        return nanos >= 1e4 ? digits(nanos / 1e3) + " µs" : digits(nanos) + " ns";
    }

    static String bytes(double bytes) {
        if (Double.isNaN(bytes)) {
            return "–";
        }
        return bytes >= 1e5 ? "%,d kB".formatted(Math.round(bytes / 1e3)) : "%,d B".formatted(Math.round(bytes));
    }

    /// Three digits, two below one.
    static String ratio(double ratio) {
        return Double.isNaN(ratio) ? "–"
                : new BigDecimal(ratio).round(new MathContext(ratio < 1 ? 2 : 3)).toPlainString();
    }

    private static String limit(double ratio) {
        return ratio == Math.rint(ratio) ? "%.0f".formatted(ratio) : String.valueOf(ratio);
    }

    private static String digits(double value) {
        return value >= 100 ? "%,.0f".formatted(value) : value >= 10 ? "%.1f".formatted(value)
                : "%.2f".formatted(value);
    }
}
