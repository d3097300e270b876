package dev.millrace.testing.explore;

import dev.millrace.testing.explore.engine.Calls;
import dev.millrace.testing.explore.engine.Entry;
import dev.millrace.testing.explore.engine.Explorer;
import dev.millrace.testing.explore.engine.Outcome;
import dev.millrace.testing.explore.engine.Settings;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs a concurrent program in every order in which its threads can run, up to a number of preemptions.
///
/// ```java
/// Explore.all(() -> {
///     var counter = new Counter();
///     var other = Thread.ofVirtual().start(counter::increment);
///     counter.increment();
///     other.join();
///     assertEquals(2, counter.get());
/// });
/// ```
///
/// The program is run again and again, each time in another order, until one fails or there is none left. It fails when it throws; when a thread that it started throws; when nobody can run any more
/// (a deadlock, or a wake-up that was lost); when threads only give way to each other; and when two threads come to a plain field without anything that orders them. A
/// [ScheduleError] says what happened and how to run just that order again.
///
/// **The program** is a lambda, or a reference to a static method. It is loaded anew, with all classes that it uses but those of the JDK and of test frameworks, by a class loader that changes them: no agent and no flag is needed. So it must make all that it uses
/// within; from outside it may take strings, numbers and the like. Static fields of its own classes begin anew in each order (of classes whose names begin as that of its own does, up to the second dot, and that are neither enums nor interfaces). It must do the same whenever its threads run in the same order.
///
/// **Under control** are threads, monitors, `LockSupport`, `ReentrantLock`, `ReentrantReadWriteLock`, `StampedLock`, `Semaphore`, `CountDownLatch`, `CyclicBarrier`, `Phaser`, blocking queues, `FutureTask`, `CompletableFuture`, `AbstractQueuedSynchronizer`,
/// `ThreadPoolExecutor`, `ScheduledThreadPoolExecutor`, `ForkJoinPool`, `Executors`, sleeps, interrupts, and all that is built on them. This library's operations happen in one step each, but where they wait ([Options#whole()] explores them too). Time is virtual: it goes on when nobody can run; that a deadline passes earlier counts as a preemption. What else blocks,
/// such as a socket, blocks for real, which is found after 10 seconds (`-Dmillrace.explore.patience` in seconds), and named. What would run the program on threads of the JDK (`java.util.Timer`, parallel streams) is refused.
///
/// **Blocking and cancellation.** The methods that run a program block until the exploration has ended. In one JVM explorations run one after the other. An interrupt ends it after the current schedule: the
/// interrupt status is set again and an [IllegalStateException] thrown.
///
/// **Memory.** What runs is sequentially consistent. Races are found by happens-before, as the Java memory model has it; a program without races has no other behaviours than those that are explored. What only
/// weaker access modes allow is not seen.
///
/// **Compared with Go.** Go has a race detector, and no explorer.
///
/// **Not promised:** anything about orders with more preemptions.
public final class Explore {
    private static final String REPLAY = "millrace.explore.replay";

    private Explore() {}

    /// What is explored.
    @FunctionalInterface
    public interface Program extends Serializable {
        void run() throws Throwable;
    }

    /// Runs `program` in all orders with at most 2 preemptions.
    ///
    /// @return how many there were
    /// @throws ScheduleError when one failed, or when not all could be run within a minute
    /// @throws IllegalArgumentException when `program` is no lambda, or takes something from outside that it may not
    public static Explored all(Program program) {
        return options().all(program);
    }

    /// How to explore: at most 2 preemptions, for at most a minute.
    public static Options options() {
        return new Options(new Settings(
                Settings.Kind.DEPTH_FIRST, 2, 3, 1, Long.MAX_VALUE, Duration.ofMinutes(1), false, true, 100_000,
                List.of(), Settings.LIBRARY, null, null, null, false));
    }

    /// A number from 0 below `n`, in a program that is explored: each in its turn.
    ///
    /// @throws IllegalStateException outside such a program
    /// @throws IllegalArgumentException when `n` is not from 1 to 62
    public static int choose(int n) {
        return Calls.choose(n);
    }

    /// How to explore. Unchangeable: each method answers another one.
    public static final class Options {
        private final Settings s;

        private Options(Settings settings) {
            s = settings;
        }

        /// All orders with at most `most` preemptions: times at which a thread that could go on does not. 2 find most faults, 3 are worth it for handshakes of a few steps.
        ///
        /// @throws IllegalArgumentException when `most` is negative
        public Options preemptions(int most) {
            if (most < 0) {
                throw new IllegalArgumentException("preemptions must be >= 0, was " + most);
            }
            return with(Settings.Kind.DEPTH_FIRST, most, s.depth(), s.seed(), s.replay());
        }

        /// Orders by chance, one choice after the other.
        public Options random(long seed) {
            return with(Settings.Kind.RANDOM, s.preemptions(), s.depth(), seed, s.replay());
        }

        /// Orders by chance, by priorities that change `depth - 1` times (PCT). Finds what needs few but far apart choices in long programs.
        ///
        /// @throws IllegalArgumentException when `depth` is not positive
        public Options priorities(int depth, long seed) {
            if (depth < 1) {
                throw new IllegalArgumentException("depth must be > 0, was " + depth);
            }
            return with(Settings.Kind.PRIORITIES, s.preemptions(), depth, seed, s.replay());
        }

        /// The one order that `choices` says, as a [ScheduleError] has it.
        ///
        /// @throws IllegalArgumentException by `run`, when that is no list of choices
        public Options replay(String choices) {
            return with(
                    Settings.Kind.REPLAY, s.preemptions(), s.depth(), s.seed(),
                    Objects.requireNonNull(choices, "choices"));
        }

        private Options with(Settings.Kind kind, int preemptions, int depth, long seed, @Nullable String replay) {
            return new Options(new Settings(
                    kind, preemptions, depth, seed, s.schedules(), s.time(), s.races(), s.early(), s.acts(), s.left(),
                    s.coarse(), replay, s.sweep(), s.planting(), s.full()));
        }

        /// At most so many schedules. By chance, exactly so many: without a limit those end with the time.
        ///
        /// @throws IllegalArgumentException when `most` is not positive
        public Options schedules(long most) {
            if (most < 1) {
                throw new IllegalArgumentException("schedules must be > 0, was " + most);
            }
            return with(most, s.time(), s.races(), s.early(), s.acts(), s.left(), s.sweep());
        }

        /// At most so long.
        ///
        /// @throws IllegalArgumentException when `most` is not positive
        public Options time(Duration most) {
            if (most.isNegative() || most.isZero()) {
                throw new IllegalArgumentException("time must be > 0, was " + most);
            }
            return with(s.schedules(), most, s.races(), s.early(), s.acts(), s.left(), s.sweep());
        }

        /// At most so many acts in one schedule: one that has more fails.
        ///
        /// @throws IllegalArgumentException when `most` is not positive
        public Options acts(long most) {
            if (most < 1) {
                throw new IllegalArgumentException("acts must be > 0, was " + most);
            }
            return with(s.schedules(), s.time(), s.races(), s.early(), most, s.left(), s.sweep());
        }

        /// A race on a plain field does not fail: the field is one more at which threads are made to come in either order.
        public Options allowRaces() {
            return with(s.schedules(), s.time(), true, s.early(), s.acts(), s.left(), s.sweep());
        }

        /// Deadlines pass only when nobody can run.
        public Options punctual() {
            return with(s.schedules(), s.time(), s.races(), false, s.acts(), s.left(), s.sweep());
        }

        /// Classes whose names begin so are left as they are: what they do is not seen.
        public Options leave(String... prefixes) {
            var left = new ArrayList<>(s.left());
            left.addAll(List.of(prefixes));
            return with(s.schedules(), s.time(), s.races(), s.early(), s.acts(), List.copyOf(left), s.sweep());
        }

        /// Classes whose names begin so are taken to be right: what they do happens in one step, but where it waits; each call of them is a point. They are rewritten all the same.
        public Options inOneStep(String... prefixes) {
            var coarse = new ArrayList<>(s.coarse());
            coarse.addAll(List.of(prefixes));
            return withCoarse(List.copyOf(coarse));
        }

        private Options withCoarse(List<String> coarse) {
            return new Options(new Settings(
                    s.strategy(), s.preemptions(), s.depth(), s.seed(), s.schedules(), s.time(), s.races(), s.early(),
                    s.acts(), s.left(), coarse, s.replay(), s.sweep(), s.planting(), s.full()));
        }

        /// What this library does within is explored too. By default it is taken to be right, and each of its operations happens in one step, as by [#inOneStep]. Far more
        /// schedules; for who doubts the library.
        public Options whole() {
            return withCoarse(s.coarse().stream().filter(prefix -> !Settings.LIBRARY.contains(prefix)).toList());
        }

        /// Explores once for each time that the program parks or waits: there the wait ends for no reason, as waits may.
        public Options spuriousWakeUps() {
            return with(s.schedules(), s.time(), s.races(), s.early(), s.acts(), s.left(), Settings.Sweep.WAKE_UP);
        }

        /// Explores once for each wait that an interrupt can end: there one comes.
        public Options interrupts() {
            return with(s.schedules(), s.time(), s.races(), s.early(), s.acts(), s.left(), Settings.Sweep.INTERRUPT);
        }

        /// Explores once for each object that the program makes: there an [OutOfMemoryError] is thrown instead.
        public Options failedAllocations() {
            return with(s.schedules(), s.time(), s.races(), s.early(), s.acts(), s.left(), Settings.Sweep.ALLOCATION);
        }

        private Options with(
                long schedules, Duration time, boolean races, boolean early, long acts, List<String> left,
                Settings.@Nullable Sweep sweep) {
            return new Options(new Settings(
                    s.strategy(), s.preemptions(), s.depth(), s.seed(), schedules, time, races, early, acts, left,
                    s.coarse(), s.replay(), sweep, s.planting(), s.full()));
        }

        /// Explores `program` for as long as these options say.
        ///
        /// @return what was done; [Explored#complete()] says whether that is all
        /// @throws ScheduleError when a schedule failed
        /// @throws IllegalArgumentException when `program` is no lambda, or takes something from outside that it may not
        public Explored run(Program program) {
            return explore(Entry.lambda(Objects.requireNonNull(program, "program")));
        }

        /// The same, and not to have run all is a failure too.
        ///
        /// @throws ScheduleError when a schedule failed, or when not all could be run
        public Explored all(Program program) {
            return completed(run(program));
        }

        /// Explores methods of a class, without parameters: for each schedule a new instance is made, and they are called on it one after the other. For
        /// test frameworks.
        ///
        /// @throws ScheduleError when a schedule failed, or when not all could be run
        /// @throws IllegalArgumentException when there is no such method, or no constructor without parameters
        public Explored all(Class<?> owner, String... methods) {
            return completed(explore(Entry.methods(Objects.requireNonNull(owner, "owner"), List.of(methods))));
        }

        private static Explored completed(Explored explored) {
            if (!explored.complete()) {
                throw new ScheduleError(
                        "no schedule has failed, but not all could be run: " + explored.schedules() + " in "
                                + explored.took() + ". Allow more, fewer preemptions, or a smaller program; points are "
                                + explored.points(),
                        "",
                        null);
            }
            return explored;
        }

        private Explored explore(Entry entry) {
            String given = System.getProperty(REPLAY);
            Settings settings = given == null ? s : replay(given).s;
            Outcome outcome;
            try {
                outcome = Explorer.explore(settings, entry);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a program was explored", e);
            }
            if (outcome.report() != null) {
                String choices = outcome.choices();
                throw new ScheduleError(outcome.report(), choices == null ? "" : choices, outcome.thrown());
            }
            return new Explored(outcome.schedules(), outcome.complete(), outcome.acts(), outcome.points(),
                    outcome.racy(), outcome.occasions(), Duration.ofNanos(outcome.nanos()));
        }
    }
}
