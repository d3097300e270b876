package dev.millrace.conformance;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Task;
import dev.millrace.sync.WaitGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs one program whose goroutines start their ops in time slots of their own.
abstract class SlotRun {
    /// The answer of an op that was skipped.
    static final Map<String, Object> SKIPPED = Map.of("skipped", true);

    final Program.Slots program;
    final World world;
    private final Findings findings;
    private final Crew crew;
    private final Tasks tasks = new Tasks();
    private final List<Track> tracks = new ArrayList<>();

    SlotRun(Program.Slots program, World world, Findings findings) {
        this.program = program;
        this.world = world;
        this.findings = findings;
        this.crew = new Crew(program.id());
    }

    /// What became of one op. `end` is -1 while it waits.
    record Done(Op op, long start, long end, Map<String, Object> outcome) {}

    /// What one goroutine has done, the last one perhaps still at it.
    static final class Track {
        private final List<Done> done = new ArrayList<>(); // guarded by this

        synchronized void begin(Op op, long start) {
            done.add(new Done(op, start, -1, Map.of()));
        }

        synchronized void end(long end, Map<String, Object> outcome) {
            Done last = done.removeLast();
            done.add(new Done(last.op, last.start, end, outcome));
        }

        synchronized List<Done> all() {
            return List.copyOf(done);
        }
    }

    /// What ops have started and the program's end must wait for.
    static final class Tasks {
        private final WaitGroup running = new WaitGroup();

        Task counted(Task body) {
            return () -> {
                running.add(1); // not before: a group may refuse it
                try {
                    body.run();
                } finally {
                    running.done();
                }
            };
        }

        void await() {
            running.await();
        }
    }

    /// Executes `op`. Answers what came of it, or [#SKIPPED]; what it throws is its panic.
    abstract Map<String, Object> perform(Op op, Turn turn) throws Exception;

    /// What is to be compared beside the answers.
    void compareRest(Comparison comparison) {}

    /// Lets whoever still waits go, where an interrupt does not.
    void tearDown() {}

    void run() {
        try (CancellableContext over = Context.background().withCancel()) {
            for (int g = 0; g < program.goroutines().size(); g++) {
                int self = g;
                var track = new Track();
                tracks.add(track);
                crew.start("goroutine " + g, () -> walk(self, track, over));
            }
            world.sleepUntil(program.horizon());
            world.settle();
            var comparison = new Comparison(program, findings);
            for (int g = 0; g < tracks.size(); g++) {
                comparison.answers(g, tracks.get(g).all());
            }
            compareRest(comparison);
            for (Throwable failure : crew.failures()) {
                comparison.failure(failure);
            }
            comparison.finish(crew::waiting);
            over.cancel();
            crew.end();
            tearDown();
            tasks.await();
        }
    }

    private void walk(int g, Track track, Context over) throws Exception {
        long end = -1;
        int number = 0;
        for (Op op : program.goroutines().get(g)) {
            long start = program.next(g, end);
            if (start > program.horizon()) {
                return;
            }
            world.sleepUntil(start);
            track.begin(op, world.now());
            Map<String, Object> outcome = outcome(op, new Turn(world, over, 3 * number + g, tasks));
            if (outcome == null) {
                return;
            }
            end = world.now();
            track.end(end, outcome);
            number++;
        }
    }

    /// Null when the program was over first.
    private @Nullable Map<String, Object> outcome(Op op, Turn turn) {
        try {
            return perform(op, turn);
        } catch (InterruptedWaitException _) {
            return null;
        } catch (ContextException e) {
            return turn.over().isDone() ? null : Map.of("panic", Errors.panic(e));
        } catch (Throwable t) {
            return turn.over().isDone() ? null : Map.of("panic", Errors.panic(t));
        }
    }
}
