package dev.millrace.testing.explore.engine;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// The places of the code under test and its fields, by number; and which fields are points. One for each exploration.
///
/// It is written while classes are loaded, by whoever has the baton.
final class Catalog {
    /// Before the first act.
    static final int NOWHERE = 0;

    /// What static fields belong to, as places.
    static final Object STATICS = new Object();

    /// One instruction.
    ///
    /// @param act what it does, in words
    /// @param field the number of the field, or of the kind of thing, that it is about
    /// @param coarse whether it is in code that happens in one step, but where it waits
    record Site(String owner, String method, int line, String act, int field, boolean coarse) {
        /// `Counter.increment (Counter.java:12)`.
        String where() {
            if (owner.isEmpty()) {
                return "";
            }
            String simple = owner.substring(owner.lastIndexOf('.') + 1);
            String file = simple.indexOf('$') > 0 ? simple.substring(0, simple.indexOf('$')) : simple;
            return simple + "." + method + (line > 0 ? " (" + file + ".java:" + line + ")" : "");
        }
    }

    private final List<Site> sites = new ArrayList<>();
    private final List<String> fields = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<VarHandle, Integer> handles = Collections.synchronizedMap(new WeakHashMap<>());
    private final List<VarHandle> offsets = new ArrayList<>();
    private boolean[] points = new boolean[64];
    private int pointCount;
    private final TreeSet<String> kept = new TreeSet<>();
    private final TreeSet<String> racy = new TreeSet<>();

    Catalog() {
        sites.add(new Site("", "", 0, "starts", field(""), false));
    }

    int site(String owner, String method, int line, String act, int field, boolean coarse) {
        sites.add(new Site(owner, method, line, act, field, coarse));
        return sites.size() - 1;
    }

    Site site(int number) {
        return sites.get(number);
    }

    /// The number of the field `name`, or of another kind of place.
    int field(String name) {
        Integer known = numbers.get(name);
        if (known == null) {
            known = fields.size();
            fields.add(name);
            numbers.put(name, known);
        }
        return known;
    }

    String fieldName(int field) {
        return fields.get(field);
    }

    void handle(VarHandle handle, int field) {
        handles.put(handle, field);
    }

    /// The field that `handle` accesses, -1 when that is not known: it is of an array, or was made by other code.
    int fieldOf(VarHandle handle) {
        Integer field = handles.get(handle);
        return field == null ? -1 : field;
    }

    /// A number for `handle`, in place of the offset of its field.
    int offset(VarHandle handle) {
        offsets.add(handle);
        return offsets.size() - 1;
    }

    VarHandle at(int offset) {
        return offsets.get(offset);
    }

    boolean isPoint(int field) {
        return field < points.length && points[field];
    }

    /// From now on acts on `field` are points.
    void makePoint(int field) {
        if (!isPoint(field)) {
            if (field >= points.length) {
                points = java.util.Arrays.copyOf(points, Math.max(field + 1, 2 * points.length));
            }
            points[field] = true;
            pointCount++;
        }
    }

    /// How many fields are points.
    int pointCount() {
        return pointCount;
    }

    /// Makes those a point that were one in `earlier`, by name.
    void pointsOf(Catalog earlier) {
        for (int f = 0; f < earlier.fields.size(); f++) {
            if (earlier.isPoint(f)) {
                makePoint(field(earlier.fields.get(f)));
            }
        }
        racy.addAll(earlier.racy);
    }

    /// Notes a field that keeps its value from schedule to schedule, and is written.
    void keep(int field) {
        kept.add(fieldName(field));
    }

    /// These fields.
    List<String> kept() {
        return List.copyOf(kept);
    }

    /// Notes a race that is allowed.
    void raced(int field) {
        racy.add(fieldName(field));
    }

    /// The fields in which there were races.
    List<String> racy() {
        return List.copyOf(racy);
    }

    /// The fields that are points.
    List<String> points() {
        var all = new TreeSet<String>();
        for (int f = 0; f < fields.size(); f++) {
            if (isPoint(f)) {
                all.add(fields.get(f));
            }
        }
        return List.copyOf(all);
    }

    @Nullable Site siteOrNull(int number) {
        return number <= 0 || number >= sites.size() ? null : sites.get(number);
    }
}
