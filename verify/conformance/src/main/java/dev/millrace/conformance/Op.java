package dev.millrace.conformance;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One op of a program, and what Go answered.
///
/// @param name which op; for maps and atomics with the sort of object in front, such as `map.load`
/// @param arguments its fields, without nulls
/// @param expect what came of it; null when it was never executed, or answers nothing
/// @param events what others did meanwhile, in programs of kind `context`
record Op(String name, Map<String, Object> arguments, @Nullable Map<String, Object> expect,
        List<Map<String, Object>> events) {
    boolean has(String field) {
        return arguments.containsKey(field);
    }

    String text(String field) {
        return (String) value(field);
    }

    long number(String field) {
        return (Long) value(field);
    }

    /// A flag that is false when it is not there.
    boolean flag(String field) {
        return Boolean.TRUE.equals(arguments.get(field));
    }

    @Nullable String textOrNull(String field) {
        return (String) arguments.get(field);
    }

    @Nullable Long numberOrNull(String field) {
        return (Long) arguments.get(field);
    }

    @SuppressWarnings("unchecked") // the layout says so
    List<Map<String, Object>> list(String field) {
        return (List<Map<String, Object>>) value(field);
    }

    @SuppressWarnings("unchecked") // the layout says so
    Map<String, Object> fields(String field) {
        return (Map<String, Object>) value(field);
    }

    private Object value(String field) {
        Object value = arguments.get(field);
        if (value == null) {
            throw new IllegalStateException("op " + name + " has no field " + field);
        }
        return value;
    }

    /// For reports: the op and its arguments.
    @Override
    public String toString() {
        var text = new StringBuilder(name);
        arguments.forEach((field, value) -> text.append(' ').append(field).append('=').append(
                value instanceof String s ? s : Fields.text(value)));
        return text.toString();
    }
}
