package dev.millrace.verify.reliability;

import dev.millrace.verify.Hazard;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Case 64: the programs under other collectors, compilers and numbers of carriers. Within the build the two that differ most.
class MatrixTest {
    private record Kind(String name, Run.Size size, List<String> options) {}

    /// Those that say what the JVM must be like themselves, or last.
    private static final List<Program> PROGRAMS =
            List.of(Program.VALUES, Program.CANCELLED_WAITERS, Program.LARGE_SELECT, Program.PING_PONG,
                    Program.CANCEL_STORM, Program.DEADLINE_STORM, Program.ABANDONED, Program.FAILING_CALLBACKS,
                    Program.CROWD, Program.BRIDGE,
                    Program.INTERRUPT_SOAK, Program.MIXED_SOAK);

    private static final List<Kind> KINDS = List.of(
            new Kind("Serial", Run.Size.QUICK, List.of("-XX:+UseSerialGC")),
            new Kind("G1", Run.Size.QUICK, List.of("-XX:+UseG1GC")),
            new Kind("ZGC", Run.Size.QUICK, List.of("-XX:+UseZGC")),
            new Kind("C1 only", Run.Size.QUICK, List.of("-XX:TieredStopAtLevel=1")),
            new Kind("interpreter", Run.Size.TINY, List.of("-Xint")),
            new Kind("compact object headers", Run.Size.QUICK, List.of("-XX:+UseCompactObjectHeaders")),
            new Kind("one carrier", Run.Size.QUICK, List.of("-Djdk.virtualThreadScheduler.parallelism=1",
                    "-Djdk.virtualThreadScheduler.maxPoolSize=1")));

    @TestFactory
    @Hazard(64)
    Stream<DynamicTest> programs_underEachJvm_pass() {
        if (Jvm.FULL) {
            return KINDS.stream()
                    .flatMap(kind -> PROGRAMS.stream().map(p -> passes(p, kind.size, kind.name, kind.options)));
        }
        var odd = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+UseCompactObjectHeaders",
                "-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");
        return Stream.concat(
                Stream.of(Program.VALUES, Program.MIXED_SOAK)
                        .map(p -> passes(p, Run.Size.TINY, "all that is unusual", odd)),
                Stream.of(Program.INTERRUPT_SOAK).map(p -> passes(p, Run.Size.TINY, "interpreter", List.of("-Xint"))));
    }

    private static DynamicTest passes(Program program, Run.Size size, String name, List<String> options) {
        return DynamicTest.dynamicTest(name + ": " + program,
                () -> Jvm.passes(program, size, options.toArray(String[]::new)));
    }
}
