package dev.millrace.examples;

import java.util.List;
import java.util.Optional;

/// All programs.
public final class Programs {
    private static final List<Program> ALL = List.of(
            new CoordinateWaitgroup(),
            new CoordinateContext(),
            new Watch(),
            new TreeOrder(),
            new Deadline(),
            new Database(),
            new TraceCode(),
            new Hello(),
            new HelloMany(),
            new Gmp(),
            new PanicF1(),
            new PanicF2(),
            new FetchLost(),
            new FetchGroup());

    private Programs() {}

    /// Every program, in the order in which one would read them.
    public static List<Program> all() {
        return ALL;
    }

    /// The program called `name`.
    public static Optional<Program> find(String name) {
        return ALL.stream().filter(program -> program.name().equals(name)).findFirst();
    }
}
