package dev.millrace.model;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Looks for a sequence of steps after which something does not do what its model does, and makes it as short as leaving steps out can
/// make it. A failure names its seed, which repeats it.
public final class Search<O> {
    private final String property;
    private final Function<Random, List<O>> sequences;
    private final Supplier<? extends Machine<O>> real;
    private final Supplier<? extends Machine<O>> model;

    private Search(
            String property, Function<Random, List<O>> sequences, Supplier<? extends Machine<O>> real,
            Supplier<? extends Machine<O>> model) {
        this.property = property;
        this.sequences = sequences;
        this.real = real;
        this.model = model;
    }

    /// One that is repeated by `-Dproperty=seed`.
    public static <O> Search<O> of(
            String property, Function<Random, List<O>> sequences, Supplier<? extends Machine<O>> real,
            Supplier<? extends Machine<O>> model) {
        return new Search<>(property, sequences, real, model);
    }

    /// A sequence that shows a difference.
    public record Found<O>(String property, long seed, List<O> ops, String difference) {
        @Override
        public String toString() {
            return "-D" + property + "=" + seed + ", made as short as " + ops.size() + " steps: " + ops + "\n"
                    + difference;
        }
    }

    /// Fails when one of `count` sequences shows a difference; with the property set, looks at that one only.
    public void findsNone(int count) {
        Long given = Long.getLong(property);
        Found<O> found = given != null ? search(given, 1) : search(System.nanoTime(), count);
        if (found != null) {
            fail(found.toString());
        }
    }

    /// For a model with a planted fault: fails unless one of `count` sequences shows it, and that is made as short as `steps`.
    public void finds(int count, int steps) {
        Found<O> found = search(1, count);
        if (found == null) {
            fail("nobody noticed");
        } else if (found.ops.size() > steps) {
            fail("not made shorter than " + found.ops.size() + " steps, though " + steps + " are enough: " + found);
        }
    }

    private Found<O> search(long first, int count) {
        for (long seed = first; seed < first + count; seed++) {
            List<O> ops = sequences.apply(new Random(seed));
            if (difference(ops) != null) {
                List<O> shorter = shrunk(ops, less -> difference(less) != null);
                String difference = difference(shorter);
                return new Found<>(property, seed, shorter, difference != null ? difference
                        : "which shows it not each time; the whole: " + ops);
            }
        }
        return null;
    }

    /// The first difference between the two, null when there is none. What either throws, also at its end, is one.
    private String difference(List<O> ops) {
        var log = new StringBuilder();
        try (Machine<O> one = real.get(); Machine<O> other = model.get()) {
            for (int i = 0; i < ops.size(); i++) {
                log.append("\n  ").append(ops.get(i)).append(" -> ");
                String is = one.apply(ops.get(i));
                String must = other.apply(ops.get(i));
                log.append(is);
                if (!is.equals(must)) {
                    return "step " + i + ": is\n  " + is + "\nmust be\n  " + must + "\nafter" + log;
                }
            }
        } catch (Exception | AssertionError e) {
            return e + "\nafter" + log;
        }
        return null;
    }

    /// A part of `ops` that still fails, and none of whose steps can be left out.
    public static <O> List<O> shrunk(List<O> ops, Predicate<List<O>> fails) {
        List<O> best = ops;
        for (int chunk = Math.max(1, best.size() / 2); chunk > 0;) {
            boolean progress = false;
            for (int from = 0; from + chunk <= best.size();) {
                var shorter = new ArrayList<>(best.subList(0, from));
                shorter.addAll(best.subList(from + chunk, best.size()));
                if (fails.test(shorter)) {
                    best = shorter;
                    progress = true;
                } else {
                    from++;
                }
            }
            if (!progress || chunk > 1) {
                chunk /= 2;
            }
        }
        return best;
    }
}
