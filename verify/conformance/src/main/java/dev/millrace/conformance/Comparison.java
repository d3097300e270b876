package dev.millrace.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/// Compares what came of a program with time slots with what Go answered.
final class Comparison {
    private final Program.Slots program;
    private final Findings findings;
    private final List<Entry> entries = new ArrayList<>();

    /// One answer beside the other.
    private record Entry(String step, Op op, SlotRun.Done done) {}

    private final List<Found> found = new ArrayList<>();

    private record Found(String step, long at, Object expected, Object got, boolean waiting) {}

    private final List<Throwable> failures = new ArrayList<>();
    private final Map<String, List<Map<String, Object>>> tasks = new LinkedHashMap<>();

    Comparison(Program.Slots program, Findings findings) {
        this.program = program;
        this.findings = findings;
    }

    /// What goroutine `g` has done; the last op may still wait.
    void answers(int g, List<SlotRun.Done> done) {
        List<Op> ops = program.goroutines().get(g);
        for (int i = 0; i < ops.size(); i++) {
            String step = "goroutine " + g + " op " + i + " (" + ops.get(i) + ")";
            entries.add(new Entry(step, ops.get(i), i < done.size() ? done.get(i) : NOT));
        }
    }

    private static final SlotRun.Done NOT = new SlotRun.Done(new Op("", Map.of(), null, List.of()), -1, -1, Map.of());

    /// What became of the tasks of the group `name`, in the order of the calls that started them.
    void tasks(String name, List<Map<String, Object>> got) {
        tasks.put(name, got);
    }

    void failure(Throwable failure) {
        failures.add(failure);
    }

    /// Compares all.
    ///
    /// @param waiting what each goroutine waits for; asked when something waits that should not, or the other way round
    void finish(Supplier<List<String>> waiting) {
        long cut = cut();
        for (Entry entry : entries) {
            compare(entry, cut);
        }
        tasks.forEach((name, got) -> compareTasks(name, got, cut));
        for (Throwable failure : failures) {
            found.add(new Found("a goroutine", program.horizon(), "no failure", failure.toString(), false));
        }
        if (cut != Long.MAX_VALUE) {
            findings.allow(Rule.REFUSED_MISUSE);
        }
        List<String> who = found.stream().anyMatch(Found::waiting) ? waiting.get() : List.of();
        for (Found f : found) {
            findings.add(f.step, f.at, Fields.text(f.expected), Fields.text(f.got), f.waiting ? who : List.of());
        }
    }

    /// The instant of the first op that corrupts its object in Go and is refused here.
    private long cut() {
        long cut = Long.MAX_VALUE;
        for (Entry entry : entries) {
            Object panic = entry.done.outcome().get("panic");
            if (Errors.NEGATIVE.equals(panic) || Errors.RELEASED.equals(panic)) {
                cut = Math.min(cut, entry.done.start());
            }
        }
        return cut;
    }

    private void compare(Entry entry, long cut) {
        Map<String, Object> expected = entry.op.expect();
        if (cut != Long.MAX_VALUE) {
            if (isBehind(expected, cut)) {
                return;
            }
            if (expected != null && !endsBy(expected, cut)) {
                compareWaiting(entry, expected, cut);
                return;
            }
        }
        SlotRun.Done done = entry.done;
        if (expected == null) {
            if (done != NOT) {
                found.add(new Found(entry.step, done.start(), "not to be executed", got(done), true));
            }
            return;
        }
        if (done == NOT) {
            found.add(new Found(entry.step, at(expected), expected, "not executed", true));
            return;
        }
        Map<String, Object> got = got(done);
        Map<String, Object> wanted = allow(entry.op, expected, got);
        if (!wanted.equals(got)) {
            boolean waits = done.end() < 0 || expected.containsKey("blocked");
            found.add(new Found(entry.step, done.start(), expected, got, waits));
        }
    }

    /// What has to come, given what may differ.
    private Map<String, Object> allow(Op op, Map<String, Object> expected, Map<String, Object> got) {
        if (op.name().equals("sf.do") && expected.containsKey("err") && got.containsKey("err")) {
            var wanted = new LinkedHashMap<>(expected);
            wanted.remove("v");
            if (!got.containsKey("shared")) {
                wanted.remove("shared");
            }
            findings.allow(Rule.FAILED_CALL);
            return wanted;
        }
        return expected;
    }

    // Programs that are cut.

    /// Not executed in Go by the time of the cut. A skipped op says no time, and what was skipped need not be known here.
    private static boolean isBehind(@org.jspecify.annotations.Nullable Map<String, Object> expected, long cut) {
        return expected == null || expected.containsKey("skipped") || at(expected) > cut;
    }

    private static boolean endsBy(Map<String, Object> expected, long cut) {
        return expected.get("end") instanceof Long end && end <= cut;
    }

    /// Go's op still waited at the time of the cut: so must ours.
    private void compareWaiting(Entry entry, Map<String, Object> expected, long cut) {
        SlotRun.Done done = entry.done;
        if (done.start() != at(expected) || (done.end() >= 0 && done.end() <= cut)) {
            found.add(new Found(entry.step, at(expected), expected, done == NOT ? "not executed" : got(done), true));
        }
    }

    private void compareTasks(String name, List<Map<String, Object>> got, long cut) {
        List<Map<String, Object>> expected = program.tasks().getOrDefault(name, List.of());
        List<Map<String, Object>> wanted =
                expected.stream().filter(t -> cut == Long.MAX_VALUE || endsBy(t, cut)).toList();
        List<Map<String, Object>> come = got.stream().filter(t -> cut == Long.MAX_VALUE || endsBy(t, cut)).toList();
        if (!wanted.equals(come)) {
            found.add(new Found("tasks of " + name, program.horizon(), wanted, come, false));
        }
    }

    private static long at(Map<String, Object> expected) {
        return expected.get("start") instanceof Long start ? start : -1;
    }

    private static Map<String, Object> got(SlotRun.Done done) {
        if (done.outcome() == SlotRun.SKIPPED) {
            return SlotRun.SKIPPED;
        }
        var got = new LinkedHashMap<String, Object>();
        got.put("start", done.start());
        if (done.end() < 0) {
            got.put("blocked", true);
        } else {
            got.put("end", done.end());
            got.putAll(done.outcome());
        }
        return Objects.requireNonNull(got);
    }
}
