package dev.millrace.conformance;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Turns JSON into fields, and complains about everything that is not as the format has it.
final class Check {
    private final Names names;

    Check(Names names) {
        this.names = names;
    }

    /// The fields of `object` that `layout` names, those without a value left out.
    ///
    /// @param what for messages
    Map<String, Object> fields(Json object, String what, List<Layout.Field> layout, Set<String> others)
            throws BadLineException {
        Map<String, Json> given = object.object(what);
        for (var entry : given.entrySet()) {
            if (!others.contains(entry.getKey()) && layout.stream().noneMatch(f -> f.name().equals(entry.getKey()))) {
                throw new BadLineException(entry.getValue().column(),
                        what + ": expected no field \"" + entry.getKey() + "\"" + known(layout));
            }
        }
        var fields = new LinkedHashMap<String, Object>();
        for (Layout.Field field : layout) {
            Json value = given.get(field.name());
            if (value != null && (!value.isNull() || field.type().equals("done"))) {
                fields.put(field.name(), value(value, what + ": field \"" + field.name() + "\"", field.type()));
            } else if (field.required()) {
                throw new BadLineException(object.column(),
                        what + ": expected a field \"" + field.name() + "\", there is none");
            }
        }
        return fields;
    }

    private static String known(List<Layout.Field> layout) {
        return layout.isEmpty() ? ""
                : "; there are " + layout.stream().map(Layout.Field::name).collect(Collectors.joining(", "));
    }

    private Object value(Json value, String what, String type) throws BadLineException {
        return switch (type) {
            case "int" -> value.integer(what);
            case "text" -> value.text(what);
            case "flag" -> value.flag(what);
            case "new" -> value.text(what); // declared when the op has been read
            case "done" -> {
                Object done = value.value();
                if (done != null && (done instanceof Boolean || done.equals("never"))) {
                    yield done;
                }
                throw value.wrong(what, "\"never\", true or false");
            }
            case "values" -> texts(value, what);
            case "entries" -> entries(value, what);
            case "task" -> fields(value, what, TASK, Set.of());
            case "cases" -> cases(value, what);
            case "i32", "u32", "i64", "u64" -> decimal(value, what, type);
            default -> names.refer(value, what, type);
        };
    }

    private static final List<Layout.Field> TASK =
            Layout.fields("us:int err:text? hears:flag?");
    private static final List<Layout.Field> ENTRY = Layout.fields("k:text v:int");
    private static final List<Layout.Field> CASE =
            Layout.fields("send:channel? v:int? recv:channel? done:context?");

    private Map<String, Object> texts(Json value, String what) throws BadLineException {
        var texts = new LinkedHashMap<String, Object>();
        for (var entry : value.object(what).entrySet()) {
            if (!entry.getValue().isNull()) {
                texts.put(entry.getKey(), entry.getValue().text(what + ": \"" + entry.getKey() + "\""));
            }
        }
        return texts;
    }

    private List<Object> entries(Json value, String what) throws BadLineException {
        var entries = new ArrayList<>();
        for (Json entry : value.array(what)) {
            entries.add(fields(entry, what, ENTRY, Set.of()));
        }
        return entries;
    }

    private List<Object> cases(Json value, String what) throws BadLineException {
        var cases = new ArrayList<>();
        for (Json item : value.array(what)) {
            String which = what + " " + cases.size();
            Map<String, Object> one = fields(item, which, CASE, Set.of());
            long kinds = one.keySet().stream().filter(f -> !f.equals("v")).count();
            if (kinds != 1) {
                throw new BadLineException(item.column(), which + ": expected one of send, recv, done, were " + kinds);
            }
            if (one.containsKey("send") != one.containsKey("v")) {
                throw new BadLineException(item.column(),
                        which + ": expected a field \"v\" with \"send\", and only there");
            }
            cases.add(one);
        }
        return cases;
    }

    /// A number within the range of an atomic, as Go prints it.
    private static String decimal(Json value, String what, String type) throws BadLineException {
        String text = value.text(what);
        int bits = Integer.parseInt(type.substring(1));
        boolean signed = type.startsWith("i");
        if (text.matches("0|-?[1-9][0-9]{0,19}")) {
            var number = new BigInteger(text);
            if (signed ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits) {
                return text;
            }
        }
        throw value.wrong(what, "a decimal number within the range of " + type);
    }
}
