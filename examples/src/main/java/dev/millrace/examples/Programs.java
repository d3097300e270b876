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
            new Query(),
            new Five(),
            new Request(),
            new TraceCode(),
            new Hello(),
            new HelloMany(),
            new Gmp(),
            new PanicF1(),
            new PanicF2(),
            new FetchLost(),
            new FetchGroup(),
            new Gen(),
            new Workers(),
            new Channels(),
            new UnbufferedAlone(),
            new SelectLoop(),
            new Pipelines(),
            new Md5All(),
            new Friends(),
            new Reconfigure(),
            new PingPong(),
            new FanIn(),
            new Sieve(),
            new DaisyChain(),
            new PowerSeries(),
            new WorkerPool(),
            new Crawler(),
            new Hedged(),
            new Proxy(),
            new MutexSum(),
            new RwmutexCompare(),
            new OnceIcons(),
            new PoolBuffers(),
            new CondBroadcast(),
            new MapOperations(),
            new AtomicSum(),
            new TraceOrders());

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
