package dev.millrace.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads one program from one line.
final class LineReader {
    private static final Set<String> COMMON = Set.of("id", "kind");
    private static final List<Layout.Field> BEGIN = Layout.fields("start:int end:int");
    private static final List<Layout.Field> BLOCKED = Layout.fields("start:int blocked:flag");
    private static final List<Layout.Field> PANIC = Layout.fields("start:int end:int panic:text");
    private static final List<Layout.Field> TASK = Layout.fields("start:int end:int? err:text?");
    private static final List<Layout.Field> SKIPPED = Layout.fields("skipped:flag");
    private static final List<Layout.Field> CHANNEL = Layout.fields("name:new cap:int");
    private static final List<Layout.Field> CONTEXT = Layout.fields("name:new at:int?");
    private static final List<Layout.Field> SEMAPHORE = Layout.fields("type:text size:int");
    private static final List<Layout.Field> GROUP = Layout.fields("type:text limit:int?");
    private static final List<Layout.Field> PLAIN = Layout.fields("type:text");
    private static final List<Layout.Field> RAN = Layout.fields("fn:text at:int");
    private static final List<Layout.Field> WOKE = Layout.fields("woke:text at:int");
    private static final Map<String, String> DATA_SORTS =
            Map.of("m", "map", "i32", "number", "u32", "number", "i64", "number", "u64", "number", "b", "bool");
    private static final Set<String> OBJECTS =
            Set.of("waitgroup", "cond", "semaphore", "errgroup", "singleflight", "timer",
                    "ticker", "mutex", "rwmutex", "once");

    private final Names names = new Names();
    private final Check check = new Check(names);

    private LineReader() {}

    static Program read(String line) throws BadLineException {
        return new LineReader().program(Json.parse(line));
    }

    private Program program(Json json) throws BadLineException {
        Map<String, Json> given = json.object("the program");
        String id = need(json, given, "id").text("the program: field \"id\"");
        Json kind = need(json, given, "kind");
        String text = kind.text("the program: field \"kind\"");
        return switch (Program.Kind.of(text)) {
            case CONTEXT -> new Program.Contexts(id, contextSteps(json));
            case DATA -> new Program.Data(id, dataSteps(json));
            case CHANNEL -> channels(json, id);
            case SYNC -> sync(json, id);
            case null -> throw kind.wrong("the program: field \"kind\"", "context, channel, sync or data");
        };
    }

    private static Json need(Json json, Map<String, Json> given, String name) throws BadLineException {
        Json value = given.get(name);
        if (value == null || value.isNull()) {
            throw new BadLineException(json.column(), "the program: expected a field \"" + name + "\", there is none");
        }
        return value;
    }

    /// The top level: exactly `needed`, perhaps `optional`.
    private static Map<String, Json> top(Json json, Set<String> needed, Set<String> optional) throws BadLineException {
        Map<String, Json> given = json.object("the program");
        for (var entry : given.entrySet()) {
            String name = entry.getKey();
            if (!COMMON.contains(name) && !needed.contains(name) && !optional.contains(name)) {
                throw new BadLineException(entry.getValue().column(),
                        "the program: expected no field \"" + name + "\"");
            }
        }
        for (String name : needed) {
            need(json, given, name);
        }
        return given;
    }

    // Kind context.

    private List<Op> contextSteps(Json json) throws BadLineException {
        var steps = new ArrayList<Op>();
        for (Json step : need(json, top(json, Set.of("steps"), Set.of()), "steps")
                .array("the program: field \"steps\"")) {
            String what = "step " + steps.size();
            Map<String, Json> given = step.object(what);
            Layout layout = layout(Layouts.CONTEXT, step, given, what, "");
            what += " (" + layout.op() + ")";
            Map<String, Object> arguments =
                    check.fields(step, what, layout.arguments(), Set.of("op", "expect", "events"));
            Json cause = given.get("cause");
            if (layout.op().equals("cancel") && arguments.containsKey("cause")
                    && !names.role(String.valueOf(arguments.get("ctx"))).equals("causable") && cause != null) {
                throw new BadLineException(cause.column(),
                        what + ": expected no cause, \"" + arguments.get("ctx") + "\" is not of withCancelCause");
            }
            Json as = given.get("as");
            if (as != null) {
                names.declare(as, what + ": field \"as\"", layout.makes());
            }
            steps.add(new Op(layout.op(), arguments, plainExpect(layout, step, given, what), events(given, what)));
        }
        return steps;
    }

    private @Nullable Map<String, Object> plainExpect(Layout layout, Json step, Map<String, Json> given, String what)
            throws BadLineException {
        Json expect = given.get("expect");
        if (expect == null || expect.isNull()) {
            if (!layout.answers().isEmpty()) {
                throw new BadLineException(step.column(), what + ": expected a field \"expect\", there is none");
            }
            return null;
        }
        if (layout.answers().isEmpty()) {
            throw new BadLineException(expect.column(),
                    what + ": expected no field \"expect\", the op answers nothing");
        }
        if (layout.op().equals("stop")) {
            return Map.of("stopped", expect.flag(what + ": field \"expect\""));
        }
        return check.fields(expect, what + ": field \"expect\"", layout.answers(), Set.of());
    }

    private List<Map<String, Object>> events(Map<String, Json> given, String what) throws BadLineException {
        Json events = given.get("events");
        if (events == null || events.isNull()) {
            return List.of();
        }
        var list = new ArrayList<Map<String, Object>>();
        for (Json event : events.array(what + ": field \"events\"")) {
            String which = what + ": event " + list.size();
            boolean ran = event.object(which).containsKey("fn");
            Map<String, Object> fields = check.fields(event, which, ran ? RAN : WOKE, Set.of());
            Json name = event.object(which).get(ran ? "fn" : "woke");
            if (name != null) {
                names.refer(name, which, ran ? "function" : "waiter");
            }
            list.add(fields);
        }
        return list;
    }

    private static Layout layout(Map<String, Layout> table, Json step, Map<String, Json> given, String what,
            String sort)
            throws BadLineException {
        Json op = given.get("op");
        if (op == null) {
            throw new BadLineException(step.column(), what + ": expected a field \"op\", there is none");
        }
        Layout layout = table.get(sort + op.text(what + ": field \"op\""));
        if (layout == null) {
            throw op.wrong(what + ": field \"op\"", "one of " + String.join(", ",
                    table.keySet().stream().filter(n -> n.startsWith(sort)).map(n -> n.substring(sort.length()))
                            .toList()));
        }
        return layout;
    }

    // Kind data.

    private List<Op> dataSteps(Json json) throws BadLineException {
        var steps = new ArrayList<Op>();
        for (Json step : need(json, top(json, Set.of("steps"), Set.of()), "steps")
                .array("the program: field \"steps\"")) {
            String what = "step " + steps.size();
            Map<String, Json> given = step.object(what);
            Json on = given.get("on");
            if (on == null) {
                throw new BadLineException(step.column(), what + ": expected a field \"on\", there is none");
            }
            String object = on.text(what + ": field \"on\"");
            String sort = DATA_SORTS.get(object);
            if (sort == null) {
                throw on.wrong(what + ": field \"on\"", "one of m, i32, u32, i64, u64, b");
            }
            Layout layout = layout(Layouts.DATA, step, given, what, sort + ".").withNumbers(object);
            what += " (" + layout.op() + ")";
            var arguments = new LinkedHashMap<String, Object>();
            arguments.put("on", object);
            arguments.putAll(check.fields(step, what, layout.arguments(), Set.of("on", "op", "expect")));
            steps.add(new Op(layout.op(), arguments, plainExpect(layout, step, given, what), List.of()));
        }
        return steps;
    }

    // Kinds channel and sync.

    private Program channels(Json json, String id) throws BadLineException {
        Map<String, Json> given =
                top(json, Set.of("slots", "slot", "horizon", "channels", "goroutines"), Set.of("contexts"));
        var objects = new LinkedHashMap<String, Map<String, Object>>();
        declare(need(json, given, "channels"), "channel", CHANNEL, objects);
        Json contexts = given.get("contexts");
        if (contexts != null && !contexts.isNull()) {
            declare(contexts, "context", CONTEXT, objects);
        }
        return slots(json, given, id, Program.Kind.CHANNEL, Layouts.CHANNEL, objects);
    }

    private void declare(Json array, String role, List<Layout.Field> layout, Map<String, Map<String, Object>> objects)
            throws BadLineException {
        int n = 0;
        for (Json item : array.array("the program: field \"" + role + "s\"")) {
            String what = role + " " + n++;
            var fields = new LinkedHashMap<>(check.fields(item, what, layout, Set.of()));
            Json name = need(item, item.object(what), "name");
            if (role.equals("channel") && ((Long) java.util.Objects.requireNonNull(fields.get("cap")) < -1)) {
                throw need(item, item.object(what), "cap").wrong(what + ": field \"cap\"", "-1 or more");
            }
            fields.put("type", role);
            objects.put(names.declare(name, what + ": field \"name\"", role), fields);
        }
    }

    private Program sync(Json json, String id) throws BadLineException {
        Map<String, Json> given =
                top(json, Set.of("slots", "slot", "horizon", "objects", "goroutines"), Set.of("tasks"));
        var objects = new LinkedHashMap<String, Map<String, Object>>();
        for (var entry : need(json, given, "objects").object("the program: field \"objects\"").entrySet()) {
            String what = "object \"" + entry.getKey() + "\"";
            Json type = need(entry.getValue(), entry.getValue().object(what), "type");
            String role = type.text(what + ": field \"type\"");
            if (!OBJECTS.contains(role)) {
                throw type.wrong(what + ": field \"type\"",
                        "one of " + String.join(", ", OBJECTS.stream().sorted().toList()));
            }
            List<Layout.Field> layout = switch (role) {
                case "semaphore" -> SEMAPHORE;
                case "errgroup" -> GROUP;
                default -> PLAIN;
            };
            names.declare(new Json(entry.getKey(), entry.getValue().column()), what, role);
            objects.put(entry.getKey(), check.fields(entry.getValue(), what, layout, Set.of()));
        }
        return slots(json, given, id, Program.Kind.SYNC, Layouts.SYNC, objects);
    }

    private Program slots(Json json, Map<String, Json> given, String id, Program.Kind kind, Map<String, Layout> table,
            Map<String, Map<String, Object>> objects) throws BadLineException {
        var goroutines = new ArrayList<List<Op>>();
        for (Json ops : need(json, given, "goroutines").array("the program: field \"goroutines\"")) {
            var list = new ArrayList<Op>();
            for (Json op : ops.array("goroutine " + goroutines.size())) {
                list.add(timed(table, op, "goroutine " + goroutines.size() + " op " + list.size()));
            }
            goroutines.add(List.copyOf(list));
        }
        long slots = atLeast(1, json, given, "slots");
        if (slots != goroutines.size()) {
            throw need(json, given, "slots").wrong("the program: field \"slots\"",
                    "the number of goroutines, " + goroutines.size());
        }
        return new Program.Slots(id, kind, atLeast(1, json, given, "slot"), atLeast(0, json, given, "horizon"), objects,
                List.copyOf(goroutines), tasks(given.get("tasks")));
    }

    private static long atLeast(long least, Json json, Map<String, Json> given, String name) throws BadLineException {
        Json value = need(json, given, name);
        long number = value.integer("the program: field \"" + name + "\"");
        if (number < least) {
            throw value.wrong("the program: field \"" + name + "\"", "a number from " + least);
        }
        return number;
    }

    private Op timed(Map<String, Layout> table, Json json, String where) throws BadLineException {
        Map<String, Json> given = json.object(where);
        Layout layout = layout(table, json, given, where, "");
        String what = where + " (" + layout.op() + ")";
        Map<String, Object> arguments = check.fields(json, what, layout.arguments(), Set.of("op", "expect"));
        if (arguments.containsKey("timeout") && Boolean.TRUE.equals(arguments.get("default"))) {
            throw new BadLineException(json.column(),
                    what + ": expected at most one of \"default\" and \"timeout\", were both");
        }
        Json expect = given.get("expect");
        return new Op(layout.op(), arguments,
                expect == null || expect.isNull() ? null : timedExpect(layout, expect, what + ": field \"expect\""),
                List.of());
    }

    private Map<String, Object> timedExpect(Layout layout, Json expect, String what) throws BadLineException {
        Map<String, Json> given = expect.object(what);
        if (given.containsKey("skipped")) {
            return check.fields(expect, what, SKIPPED, Set.of());
        }
        if (given.containsKey("blocked")) {
            return check.fields(expect, what, BLOCKED, Set.of());
        }
        if (given.containsKey("panic")) {
            return check.fields(expect, what, PANIC, Set.of());
        }
        var all = new ArrayList<>(BEGIN);
        all.addAll(layout.answers());
        return check.fields(expect, what, all, Set.of());
    }

    private Map<String, List<Map<String, Object>>> tasks(@Nullable Json json) throws BadLineException {
        var tasks = new LinkedHashMap<String, List<Map<String, Object>>>();
        if (json != null && !json.isNull()) {
            for (var entry : json.object("the program: field \"tasks\"").entrySet()) {
                String what = "tasks of \"" + entry.getKey() + "\"";
                names.refer(new Json(entry.getKey(), entry.getValue().column()), what, "errgroup");
                var list = new ArrayList<Map<String, Object>>();
                for (Json task : entry.getValue().array(what)) {
                    list.add(check.fields(task, what + ", number " + list.size(), TASK, Set.of()));
                }
                tasks.put(entry.getKey(), List.copyOf(list));
            }
        }
        return tasks;
    }
}
