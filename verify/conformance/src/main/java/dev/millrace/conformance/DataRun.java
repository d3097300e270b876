package dev.millrace.conformance;

import dev.millrace.atomic.Bool;
import dev.millrace.atomic.Int32;
import dev.millrace.atomic.Int64;
import dev.millrace.atomic.Uint32;
import dev.millrace.atomic.Uint64;
import dev.millrace.sync.SyncMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs one program of kind `data`: one goroutine, no time.
class DataRun {
    private final Program.Data program;
    private final Findings findings;
    private final SyncMap<String, Long> map;
    private final Bool bool = new Bool();
    private final Map<String, Cell> numbers = Map.of(
            "i32", new OfInt32(new Int32()), "u32", new OfUint32(new Uint32()),
            "i64", new OfInt64(new Int64()), "u64", new OfUint64(new Uint64()));

    DataRun(Program.Data program, Findings findings) {
        this(program, findings, new SyncMap<>());
    }

    DataRun(Program.Data program, Findings findings, SyncMap<String, Long> map) {
        this.program = program;
        this.findings = findings;
        this.map = map;
    }

    void run() {
        for (int i = 0; i < program.steps().size(); i++) {
            Op op = program.steps().get(i);
            Map<String, Object> expected = op.expect() == null ? Map.of() : op.expect();
            Map<String, Object> got;
            try {
                got = perform(op);
            } catch (RuntimeException e) {
                got = Map.of("threw", e.toString());
            }
            if (!expected.equals(got)) {
                findings.add("step " + i + " (" + op + ")", i, Fields.text(expected), Fields.text(got), List.of());
            }
        }
    }

    Map<String, Object> perform(Op op) {
        if (op.name().startsWith("map.")) {
            return onMap(op);
        }
        Cell number = numbers.get(op.text("on"));
        return number == null ? onBool(op) : number.perform(op);
    }

    private Map<String, Object> onMap(Op op) {
        return switch (op.name()) {
            case "map.load" -> loaded(map.load(op.text("k")));
            case "map.loadOrStore" -> {
                var was = map.loadOrStore(op.text("k"), op.number("v"));
                yield Map.of("v", was.value(), "loaded", was.loaded());
            }
            case "map.loadAndDelete" -> loaded(map.loadAndDelete(op.text("k")));
            case "map.swap" -> loaded(map.swap(op.text("k"), op.number("v")));
            case "map.store" -> {
                map.store(op.text("k"), op.number("v"));
                yield Fields.none();
            }
            case "map.delete" -> {
                map.delete(op.text("k"));
                yield Fields.none();
            }
            case "map.compareAndSwap" ->
                    Map.of("ok", map.compareAndSwap(op.text("k"), op.number("old"), op.number("new")));
            case "map.compareAndDelete" -> Map.of("ok", map.compareAndDelete(op.text("k"), op.number("old")));
            case "map.clear" -> {
                map.clear();
                yield Fields.none();
            }
            case "map.range" -> {
                var entries = new ArrayList<Map<String, Object>>();
                map.range((k, v) -> entries.add(Map.of("k", k, "v", v)));
                entries.sort(Comparator.comparing(e -> String.valueOf(e.get("k"))));
                yield Map.of("entries", entries);
            }
            default -> throw new IllegalStateException("no such op: " + op);
        };
    }

    private static Map<String, Object> loaded(@Nullable Long value) {
        return value == null ? Map.of("loaded", false) : Map.of("v", value, "loaded", true);
    }

    private Map<String, Object> onBool(Op op) {
        return switch (op.name()) {
            case "bool.load" -> Map.of("v", bool.load());
            case "bool.swap" -> Map.of("v", bool.swap(op.flag("v")));
            case "bool.compareAndSwap" -> Map.of("ok", bool.compareAndSwap(op.flag("old"), op.flag("new")));
            case "bool.store" -> {
                bool.store(op.flag("v"));
                yield Fields.none();
            }
            default -> throw new IllegalStateException("no such op: " + op);
        };
    }

    /// An atomic number, by decimal texts.
    private interface Cell {
        String add(String d);

        String and(String m);

        String or(String m);

        String swap(String v);

        String load();

        void store(String v);

        boolean compareAndSwap(String old, String v);

        default Map<String, Object> perform(Op op) {
            return switch (op.name()) {
                case "number.add" -> Map.of("v", add(op.text("d")));
                case "number.and" -> Map.of("v", and(op.text("m")));
                case "number.or" -> Map.of("v", or(op.text("m")));
                case "number.swap" -> Map.of("v", swap(op.text("v")));
                case "number.load" -> Map.of("v", load());
                case "number.compareAndSwap" -> Map.of("ok", compareAndSwap(op.text("old"), op.text("new")));
                case "number.store" -> {
                    store(op.text("v"));
                    yield Fields.none();
                }
                default -> throw new IllegalStateException("no such op: " + op);
            };
        }
    }

    private record OfInt32(Int32 x) implements Cell {
        @Override
        public String add(String d) {
            return Integer.toString(x.add(Integer.parseInt(d)));
        }

        @Override
        public String and(String m) {
            return Integer.toString(x.and(Integer.parseInt(m)));
        }

        @Override
        public String or(String m) {
            return Integer.toString(x.or(Integer.parseInt(m)));
        }

        @Override
        public String swap(String v) {
            return Integer.toString(x.swap(Integer.parseInt(v)));
        }

        @Override
        public String load() {
            return Integer.toString(x.load());
        }

        @Override
        public void store(String v) {
            x.store(Integer.parseInt(v));
        }

        @Override
        public boolean compareAndSwap(String old, String v) {
            return x.compareAndSwap(Integer.parseInt(old), Integer.parseInt(v));
        }
    }

    private record OfUint32(Uint32 x) implements Cell {
        @Override
        public String add(String d) {
            return Long.toString(x.add(Long.parseLong(d)));
        }

        @Override
        public String and(String m) {
            return Long.toString(x.and(Long.parseLong(m)));
        }

        @Override
        public String or(String m) {
            return Long.toString(x.or(Long.parseLong(m)));
        }

        @Override
        public String swap(String v) {
            return Long.toString(x.swap(Long.parseLong(v)));
        }

        @Override
        public String load() {
            return Long.toString(x.load());
        }

        @Override
        public void store(String v) {
            x.store(Long.parseLong(v));
        }

        @Override
        public boolean compareAndSwap(String old, String v) {
            return x.compareAndSwap(Long.parseLong(old), Long.parseLong(v));
        }
    }

    private record OfInt64(Int64 x) implements Cell {
        @Override
        public String add(String d) {
            return Long.toString(x.add(Long.parseLong(d)));
        }

        @Override
        public String and(String m) {
            return Long.toString(x.and(Long.parseLong(m)));
        }

        @Override
        public String or(String m) {
            return Long.toString(x.or(Long.parseLong(m)));
        }

        @Override
        public String swap(String v) {
            return Long.toString(x.swap(Long.parseLong(v)));
        }

        @Override
        public String load() {
            return Long.toString(x.load());
        }

        @Override
        public void store(String v) {
            x.store(Long.parseLong(v));
        }

        @Override
        public boolean compareAndSwap(String old, String v) {
            return x.compareAndSwap(Long.parseLong(old), Long.parseLong(v));
        }
    }

    private record OfUint64(Uint64 x) implements Cell {
        @Override
        public String add(String d) {
            return Long.toUnsignedString(x.add(Long.parseUnsignedLong(d)));
        }

        @Override
        public String and(String m) {
            return Long.toUnsignedString(x.and(Long.parseUnsignedLong(m)));
        }

        @Override
        public String or(String m) {
            return Long.toUnsignedString(x.or(Long.parseUnsignedLong(m)));
        }

        @Override
        public String swap(String v) {
            return Long.toUnsignedString(x.swap(Long.parseUnsignedLong(v)));
        }

        @Override
        public String load() {
            return Long.toUnsignedString(x.load());
        }

        @Override
        public void store(String v) {
            x.store(Long.parseUnsignedLong(v));
        }

        @Override
        public boolean compareAndSwap(String old, String v) {
            return x.compareAndSwap(Long.parseUnsignedLong(old), Long.parseUnsignedLong(v));
        }
    }
}
