package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each program can fail: its broken twin does.
class CanaryTest {
    @ParameterizedTest
    @EnumSource
    void program_brokenTwin_isFound(Program program) {
        var failure = assertThrows(AssertionError.class, () -> program.run(new Run(Run.Size.TINY, true)));
        Run.figure("canary %s: %s", program, failure.getMessage());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE,
            names = {"SUSPENDED", "LOADER", "STACK_OVERFLOW", "EXHAUSTED", "EXHAUSTED_JDK", "STARVED"})
    void program_tinyAndWhole_passes(Program program) throws Exception {
        program.run(new Run(Run.Size.TINY, false));
    }
}
