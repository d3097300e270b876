package dev.millrace.conformance;

import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Runs one program of kind `context`.
final class ContextRun {
    private static final Map<String, Context.Key<String>> KEYS = new ConcurrentHashMap<>();

    /// Those that an observation lists.
    private static final List<String> OBSERVED = List.of("k0", "k1", "k2");

    private final Program.Contexts program;
    private final ContextActs acts;
    private final World world;
    private final Findings findings;
    private final Crew crew;
    private final Map<String, Context> contexts = new HashMap<>();
    private final Map<String, AfterFunc> actions = new HashMap<>();
    private final ConcurrentLinkedQueue<Map<String, Object>> events = new ConcurrentLinkedQueue<>();

    ContextRun(Program.Contexts program, ContextActs acts, World world, Findings findings) {
        this.program = program;
        this.acts = acts;
        this.world = world;
        this.findings = findings;
        this.crew = new Crew(program.id());
    }

    void run() {
        for (int i = 0; i < program.steps().size(); i++) {
            Op op = program.steps().get(i);
            Map<String, Object> got;
            try {
                got = perform(op, i);
            } catch (RuntimeException e) {
                got = Map.of("threw", e.toString());
            }
            world.settle();
            compare(i, op, got);
        }
        for (Throwable failure : crew.failures()) {
            findings.add("goroutine of the program", world.now(), "no failure", failure.toString(), List.of());
        }
        crew.end();
    }

    private void compare(int i, Op op, Map<String, Object> got) {
        Map<String, Object> expected = op.expect() == null ? Map.of() : op.expect();
        if (!expected.equals(got)) {
            findings.add("step " + i + " (" + op + ")", world.now(), Fields.text(expected), Fields.text(got),
                    List.of());
        }
        var seen = new ArrayList<Map<String, Object>>();
        for (Map<String, Object> event = events.poll(); event != null; event = events.poll()) {
            seen.add(event);
        }
        seen.sort(Comparator.<Map<String, Object>>comparingLong(e -> (Long) Objects.requireNonNull(e.get("at")))
                .thenComparing(e -> String.valueOf(e.getOrDefault("fn", e.get("woke")))));
        if (!op.events().equals(seen)) {
            findings.add("step " + i + " (" + op + ") events", world.now(), Fields.text(op.events()), Fields.text(seen),
                    crew.waiting());
        }
    }

    private Context at(String name) {
        return Objects.requireNonNull(contexts.get(name));
    }

    private Map<String, Object> perform(Op op, int number) {
        Context made = switch (op.name()) {
            case "background" -> acts.background();
            case "todo" -> acts.todo();
            case "withCancel", "withCancelCause" -> acts.withCancel(at(op.text("parent")));
            case "withTimeout", "withTimeoutCause" -> acts.withTimeout(
                    at(op.text("parent")), World.span(op.number("us")), Errors.ofNullable(op.textOrNull("cause")));
            case "withDeadline", "withDeadlineCause" -> acts.withDeadline(
                    at(op.text("parent")), world.at(op.number("at")), Errors.ofNullable(op.textOrNull("cause")));
            case "withValue" -> acts.withValue(at(op.text("parent")), key(op.text("key")), op.textOrNull("value"));
            case "withoutCancel" -> acts.withoutCancel(at(op.text("parent")));
            default -> null;
        };
        if (made != null) {
            contexts.put(op.text("as"), made);
            return Fields.none();
        }
        switch (op.name()) {
            case "cancel" -> acts.cancel(
                    (CancellableContext) at(op.text("ctx")), Errors.ofNullable(op.textOrNull("cause")));
            case "afterFunc" -> afterFunc(op);
            case "stop" -> {
                return Map.of("stopped", acts.stop(Objects.requireNonNull(actions.get(op.text("func")))));
            }
            case "await" -> {
                Context ctx = at(op.text("ctx"));
                crew.start(op.text("as"), () -> {
                    acts.await(ctx, number);
                    events.add(Map.of("woke", op.text("as"), "at", world.now()));
                });
            }
            case "sleep" -> world.sleep(op.number("us"));
            case "observe" -> {
                return observe(at(op.text("ctx")));
            }
            default -> throw new IllegalStateException("no such op: " + op);
        }
        return Fields.none();
    }

    private void afterFunc(Op op) {
        String name = op.text("as");
        var cancelled = op.has("cancels") ? (CancellableContext) at(op.text("cancels")) : null;
        actions.put(name, acts.afterFunc(at(op.text("ctx")), () -> {
            events.add(Map.of("fn", name, "at", world.now()));
            if (cancelled != null) {
                acts.cancel(cancelled, null);
            }
        }));
    }

    private Map<String, Object> observe(Context ctx) {
        var seen = new LinkedHashMap<String, Object>();
        String err = Errors.label(ctx.err());
        if (err != null) {
            seen.put("err", err);
        }
        String cause = Errors.label(ctx.cause());
        if (cause != null) {
            seen.put("cause", cause);
        }
        seen.put("done", ctx.done().isNever() ? "never" : (Object) ctx.isDone());
        ctx.deadline().ifPresent(at -> seen.put("deadline", world.since(at)));
        var values = new LinkedHashMap<String, Object>();
        for (String name : OBSERVED) {
            String value = ctx.value(key(name));
            if (value != null) {
                values.put(name, value);
            }
        }
        seen.put("values", values);
        return seen;
    }

    private static Context.Key<String> key(String name) {
        return KEYS.computeIfAbsent(name, Context.Key::named);
    }
}
