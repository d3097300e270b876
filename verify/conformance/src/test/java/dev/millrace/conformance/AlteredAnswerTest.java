package dev.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each field of each op's answer is altered once, in some program of the sample: that must be seen at this op.
class AlteredAnswerTest {
    private final Set<String> altered = new LinkedHashSet<>();

    @ParameterizedTest
    @EnumSource(Program.Kind.class)
    void answer_thatIsAltered_isFoundAtItsStep(Program.Kind kind) {
        for (Program program : Sample.of(kind)) {
            if (new Conformance().run(program).allowed().containsKey(Rule.REFUSED_MISUSE)) {
                continue; // not compared to its end
            }
            switch (program) {
                case Program.Contexts p -> alterSteps(p.steps(), steps -> new Program.Contexts("altered", steps));
                case Program.Data p -> alterSteps(p.steps(), steps -> new Program.Data("altered", steps));
                case Program.Slots p -> alterSlots(p);
            }
        }
        int fields = switch (kind) {
            case CONTEXT -> 13;
            case CHANNEL -> 39;
            case SYNC -> 112;
            case DATA -> 30;
        };
        assertEquals(fields, altered.size(), altered.toString());
    }

    private interface Remake {
        Program of(List<Op> steps);
    }

    private void alterSteps(List<Op> steps, Remake remake) {
        for (int i = 0; i < steps.size(); i++) {
            for (Op other : alterations(steps.get(i))) {
                check(remake.of(with(steps, i, other)), "step " + i + " ");
            }
        }
    }

    private void alterSlots(Program.Slots p) {
        for (int g = 0; g < p.goroutines().size(); g++) {
            List<Op> ops = p.goroutines().get(g);
            for (int i = 0; i < ops.size(); i++) {
                for (Op other : alterations(ops.get(i))) {
                    var goroutines = new ArrayList<>(p.goroutines());
                    goroutines.set(g, with(ops, i, other));
                    check(new Program.Slots("altered", p.kind(), p.slot(), p.horizon(), p.objects(), goroutines,
                            p.tasks()),
                            "goroutine " + g + " op " + i + " ");
                }
            }
        }
        p.tasks().forEach((name, tasks) -> {
            if (!tasks.isEmpty() && altered.add("tasks")) {
                check(new Program.Slots("altered", p.kind(), p.slot(), p.horizon(), p.objects(), p.goroutines(),
                        Map.of(name, tasks.subList(1, tasks.size()))), "tasks of " + name);
            }
        });
    }

    private static void check(Program program, String step) {
        List<Divergence> found = new Conformance().run(program).divergences();
        assertTrue(found.stream().anyMatch(d -> d.step().startsWith(step)),
                () -> step + " of " + program + ": " + found);
    }

    private static List<Op> with(List<Op> ops, int i, Op other) {
        var list = new ArrayList<>(ops);
        list.set(i, other);
        return list;
    }

    /// The op with one thing altered in its answer; only what no program before has had.
    private List<Op> alterations(Op op) {
        var others = new ArrayList<Op>();
        if (!op.events().isEmpty() && altered.add(op.name() + " events")) {
            others.add(new Op(op.name(), op.arguments(), op.expect(), op.events().subList(1, op.events().size())));
        }
        Map<String, Object> expect = op.expect();
        if (expect == null) {
            return others;
        }
        for (var field : expect.entrySet()) {
            boolean failed = op.name().equals("sf.do") && expect.containsKey("err");
            if (failed && Set.of("v", "shared").contains(field.getKey())) {
                continue; // not there to compare, or not always
            }
            String what = op.name() + " " + field.getKey() + (field.getValue() instanceof Boolean b ? " " + b : "");
            if (altered.add(what)) {
                var other = new LinkedHashMap<>(expect);
                if (field.getKey().equals("blocked")) {
                    other.remove("blocked");
                    other.put("end", expect.get("start"));
                } else {
                    other.put(field.getKey(), alter(field.getValue()));
                }
                others.add(new Op(op.name(), op.arguments(), other, op.events()));
            }
        }
        return others;
    }

    private static Object alter(Object value) {
        return switch (value) {
            case Long number -> number + 1;
            case Boolean flag -> !flag;
            case String text -> text + "0";
            case Map<?, ?> _ -> Map.of("k0", "another");
            case List<?> _ -> List.of("another");
            default -> throw new AssertionError(value);
        };
    }
}
