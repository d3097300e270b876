package dev.millrace.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Named values of an op, of what was expected and of what came: `Long`, `String`, `Boolean`, lists and maps of these. A field
/// without a value is not there.
final class Fields {
    private Fields() {}

    /// No fields at all.
    static Map<String, Object> none() {
        return Map.of();
    }

    static Map<String, Object> of(String name, @Nullable Object value) {
        return value == null ? Map.of() : Map.of(name, value);
    }

    static Map<String, Object> of(String name1, @Nullable Object value1, String name2, @Nullable Object value2) {
        var fields = new LinkedHashMap<>(of(name1, value1));
        fields.putAll(of(name2, value2));
        return fields;
    }

    /// As JSON writes it.
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
            case Map<?, ?> map -> map.entrySet().stream()
                    .map(e -> text(e.getKey()) + ":" + text(e.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
            case List<?> list -> list.stream().map(Fields::text).collect(Collectors.joining(",", "[", "]"));
            default -> value.toString();
        };
    }
}
