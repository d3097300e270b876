package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProgramsTest {
    static Stream<Program> programs() {
        return Programs.all().stream();
    }

    @Test
    void all_names_areThoseOfTheCourseThenOurs() {
        assertEquals(
                List.of("coordinate-waitgroup", "coordinate-context", "watch", "tree-order", "deadline", "database",
                        "query", "five", "request",
                        "trace-code",
                        "hello", "hello-many", "gmp", "panic-f1", "panic-f2", "fetch-lost", "fetch-group",
                        "gen", "workers", "channels", "unbuffered-alone", "select-loop", "pipelines", "md5all",
                        "friends", "reconfigure",
                        "ping-pong", "fan-in", "sieve", "daisy-chain", "power-series", "worker-pool", "crawler",
                        "hedged", "proxy", "mutex", "rwmutex", "once", "pool", "cond", "map", "atomic",
                        "trace-orders"),
                Programs.all().stream().map(Program::name).toList());
    }

    @Test
    void find_knownName_answersTheProgram() {
        for (Program program : Programs.all()) {
            assertSame(program, Programs.find(program.name()).orElseThrow());
        }
        assertTrue(Programs.find("nothing").isEmpty());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void help_everyProgram_printsItsTextAndAnswersQuestions(Program program) {
        var run = Run.of(program, "--help");
        assertEquals(0, run.status());
        assertEquals(program.help().lines().toList(), run.out());
        assertEquals(program.summary(), run.out().getFirst());
        assertTrue(program.help().contains("?"), "answers no question");
        for (String line : run.out()) {
            assertTrue(line.length() <= 120, () -> "longer than a terminal: " + line);
            assertTrue(line.equals(line.stripTrailing()), () -> "blanks at the end: " + line);
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void run_unknownOption_isRefusedWithWhatWasExpected(Program program) {
        var run = Run.of(program, "--no-such-option");
        assertEquals(2, run.status());
        assertEquals(List.of(), run.out());
        assertEquals(1, run.err().size());
        assertTrue(run.err().getFirst().startsWith(program.name() + ": expected "), run.err()::toString);
        assertTrue(run.err().getFirst().endsWith("or --help, was \"--no-such-option\"")
                || run.err().getFirst().endsWith("but --help, was \"--no-such-option\""), run.err()::toString);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void help_options_areAllThatTheProgramTakes(Program program) {
        String taken = Run.of(program, "--no-such-option").err().getFirst();
        Stream.of(taken.split("expected |, was ")[1].split(", | or ")).filter(o -> o.startsWith("--"))
                .forEach(option -> {
                    String name = option.split(" ")[0];
                    assertTrue(name.equals("--help") || program.help().contains("\n  " + name + " "),
                            () -> "not in the text: " + option);
                });
    }
}
