package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.List;

/// The acts of a schedule, when it is run again to be shown; what its threads were doing at its end; and the text of it all.
final class Trace {
    private static final int MOST = 60;
    private static final String ENGINE = Trace.class.getPackageName();

    private static final List<String> HIDDEN = List.of(ENGINE, "jdk.internal.", "java.lang.VirtualThread",
            "java.lang.System$", "java.lang.invoke.", "java.lang.reflect.", "java.util.concurrent.locks.LockSupport",
            "java.lang.Thread", "java.util.concurrent.ForkJoinPool");

    private record Act(long step, int strand, String name, int site) {}

    private final Catalog catalog;
    private final boolean on;
    private final List<Act> acts = new ArrayList<>();
    private String stacks = "";

    Trace(Catalog catalog, boolean on) {
        this.catalog = catalog;
        this.on = on;
    }

    void act(long step, Strand s) {
        if (on && !catalog.site(s.site).coarse()) {
            acts.add(new Act(step, s.index, s.name(), s.site));
        }
    }

    /// Keeps what the threads of `run` are doing.
    void stacks(Run run) {
        var text = new StringBuilder();
        for (Strand s : run.strands()) {
            text.append("\n  ").append(s).append(switch (s.state) {
                case DONE -> " has ended";
                case WAITING -> " waits for " + s.waits + (s.deadline == Strand.NEVER ? ""
                        : ", at most "
                                + (s.deadline - run.clock()) + " ns more");
                case READY -> s.begun ? " can run" : " has not begun";
            });
            if (s.state != Strand.State.DONE && s.begun) {
                stack(text, s.thread);
            }
        }
        stacks = text.toString();
    }

    static void stack(StringBuilder text, Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            String of = frame.getClassName();
            if (HIDDEN.stream().noneMatch(of::startsWith)) {
                text.append("\n        at ").append(of).append('.').append(frame.getMethodName()).append('(')
                        .append(frame.getFileName()).append(':').append(frame.getLineNumber()).append(')');
            }
        }
    }

    /// The acts around each change of strands, and the last ones.
    private List<String> lines() {
        var lines = new ArrayList<String>();
        int from = 0;
        for (int i = 0; i < acts.size(); i++) {
            Act a = acts.get(i);
            boolean first = i == 0 || acts.get(i - 1).strand != a.strand;
            boolean last = i + 1 == acts.size() || acts.get(i + 1).strand != a.strand;
            if (first) {
                from = i;
            }
            if (i - from < 2 || last || acts.size() <= MOST) {
                lines.add(line(a, first));
            } else if (i - from == 2) {
                lines.add("          ...");
            }
        }
        if (lines.size() <= 2 * MOST) {
            return lines;
        }
        var ends = new ArrayList<>(lines.subList(0, MOST));
        ends.add("          ... " + (lines.size() - 2 * MOST) + " lines ...");
        ends.addAll(lines.subList(lines.size() - MOST, lines.size()));
        return ends;
    }

    private String line(Act a, boolean first) {
        Catalog.Site site = catalog.site(a.site);
        return String.format(
                "%9d  %-16s %s  %s", a.step, first ? "[" + a.strand + "] " + a.name : "", site.act(), site.where());
    }

    /// What happened, the choices, how to run them again, and the stacks.
    static String report(
            Failure failure, Run shown, boolean again, boolean mayRepeat, long schedule, Settings settings,
            String choices) {
        var text = new StringBuilder(failure.title());
        text.append("\n\nFound in schedule ").append(schedule).append(switch (settings.strategy()) {
            case DEPTH_FIRST -> ", depth first, at most " + settings.preemptions() + " preemptions";
            case RANDOM -> ", at random, seed " + settings.seed();
            case PRIORITIES -> ", by priorities, seed " + settings.seed();
            case REPLAY -> ", which was given";
        });
        if (settings.sweep() != null) {
            text.append(", with ").append(shown.injection());
        }
        if (!mayRepeat) {
            text.append(".");
        } else if (!again) {
            text.append(".\nRun once more with the same choices it did not fail so again:"
                    + " the program decides by something that is not under control.");
        }
        text.append("\nChoices: ").append(choices.isEmpty() ? "none" : choices);
        text.append("\nRun it again: the test with -Dmillrace.explore.replay=").append(choices)
                .append(", or its options with replay(\"").append(choices).append("\")");
        List<String> lines = shown.trace.lines();
        if (!lines.isEmpty()) {
            text.append("\n\nWhat happened:\n").append(String.join("\n", lines));
        }
        text.append("\n\nThreads:").append(shown.trace.stacks);
        return text.toString();
    }
}
