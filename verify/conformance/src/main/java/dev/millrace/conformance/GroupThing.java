package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.ContextTask;
import dev.millrace.group.TaskGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

final class GroupThing implements Thing {
    private final World world;
    private final TaskGroup group;
    private final List<Started> started = new ArrayList<>(); // guarded by itself

    GroupThing(TaskGroup group, World world) {
        this.group = group;
        this.world = world;
    }

    @Override
    public Map<String, Object> perform(Op op, Turn turn) throws Exception {
        switch (op.name()) {
            case "eg.go" -> {
                ContextTask task = task(op.fields("task"), turn);
                if (turn.way(2) == 0) {
                    group.go(task);
                } else {
                    group.fork(c -> {
                        task.run(c);
                        return 0;
                    });
                }
            }
            case "eg.tryGo" -> {
                ContextTask task = task(op.fields("task"), turn);
                return Map.of("ok", turn.way(2) == 0 ? group.tryGo(task) : group.tryFork(c -> {
                    task.run(c);
                    return 0;
                }).isPresent());
            }
            case "eg.wait" -> {
                return Fields.of("err", Errors.label(join(turn)));
            }
            case "eg.observe" -> {
                Context ctx = group.context();
                return Fields.of("err", Errors.label(ctx.err()), "cause", Errors.label(ctx.cause()));
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }

    private @Nullable Throwable join(Turn turn) {
        Context ctx = turn.underOver();
        try {
            if (ctx == null) {
                group.join();
            } else {
                group.join(ctx);
            }
            return null;
        } catch (InterruptedWaitException e) {
            throw e;
        } catch (Exception e) {
            if (turn.over().isDone()) {
                throw new InterruptedWaitException("the program is over");
            }
            return e;
        }
    }

    /// A task that says when it starts and how it ends.
    private ContextTask task(Map<String, Object> fields, Turn turn) {
        long called = world.now();
        long span = (Long) Objects.requireNonNull(fields.get("us"));
        boolean hears = Boolean.TRUE.equals(fields.get("hears"));
        String err = (String) fields.get("err");
        return c -> turn.counted(() -> {
            var self = new Started(called, world.now());
            synchronized (started) {
                started.add(self);
            }
            try {
                work(c, span, hears, err);
                self.end(world.now(), null);
            } catch (Exception e) {
                self.end(world.now(), Errors.label(e));
                throw e;
            }
        }).run();
    }

    private void work(Context c, long span, boolean hears, @Nullable String err) throws Exception {
        if (hears) {
            try {
                c.sleep(World.span(span));
            } catch (ContextException e) {
                throw c.cause() instanceof Exception cause ? cause : e;
            }
        } else {
            world.sleep(span);
        }
        if (err != null) {
            throw Errors.of(err);
        }
    }

    @Override
    public List<Map<String, Object>> tasks() {
        synchronized (started) {
            return started.stream().sorted(Comparator.comparingLong(s -> s.called)).map(Started::fields).toList();
        }
    }

    @Override
    public void end() {
        try {
            group.close();
        } catch (Throwable _) {
            // a failure that no join has thrown: nobody asked
        }
    }

    /// A task that runs or has run.
    private static final class Started {
        final long called;
        private final long start;
        private long end = -1; // guarded by this
        private @Nullable String err; // guarded by this

        Started(long called, long start) {
            this.called = called;
            this.start = start;
        }

        synchronized void end(long at, @Nullable String with) {
            end = at;
            err = with;
        }

        synchronized Map<String, Object> fields() {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("start", start);
            if (end >= 0) {
                fields.put("end", end);
            }
            if (err != null) {
                fields.put("err", err);
            }
            return fields;
        }
    }
}
