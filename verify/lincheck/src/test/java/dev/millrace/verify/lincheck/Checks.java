package dev.millrace.verify.lincheck;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;

/// How much Lincheck looks at. A pass of a class means something only together with its twin, which must fail by the same options.
///
/// `-Dlincheck.iterations` and `-Dlincheck.invocations` ask for more than fits into each build.
final class Checks {
    private static final int ITERATIONS = Integer.getInteger("lincheck.iterations", 5);
    private static final int INVOCATIONS = Integer.getInteger("lincheck.invocations", 200);

    /// A twin is looked at until it is found.
    private static final int ENOUGH = 200;

    private Checks() {}

    private static <O extends Options<O, ?>> O common(O options, Class<?> spec) {
        return options.iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .sequentialSpecification(spec);
    }

    /// The orders of two threads that the model checker gets to; it prints one that cannot be explained.
    static ModelCheckingOptions modelChecking(Class<?> spec) {
        return common(new ModelCheckingOptions(), spec);
    }

    /// Two threads as the machine runs them.
    static StressOptions stress(Class<?> spec) {
        return common(new StressOptions(), spec);
    }

    /// Passes when `twin` fails by `options`, for a history that cannot be explained and for nothing else.
    static void finds(Options<?, ?> options, Class<?> twin) {
        options.iterations(ENOUGH);
        var failure = assertThrows(LincheckAssertionError.class, () -> options.check(twin));
        String text = String.valueOf(failure.getMessage());
        assertTrue(text.contains("Invalid execution results"), text);
    }
}
