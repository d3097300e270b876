package dev.millrace.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which fields an op has, and what its answer may say.
///
/// @param arguments its fields
/// @param makes the role of the name in `as`, or empty
/// @param answers the fields of its answer, times left out
record Layout(String op, List<Field> arguments, String makes, List<Field> answers) {
    /// A field: its type is one that [Check] knows, or the role of a name.
    record Field(String name, String type, boolean required) {}

    /// Reads a table, an op a line: `NAME FIELD:TYPE… => ROLE -> FIELD:TYPE…`. A `?` behind a type: the field may be absent.
    static Map<String, Layout> table(String lines) {
        var table = new LinkedHashMap<String, Layout>();
        lines.lines().map(Layout::parse).forEach(layout -> table.put(layout.op, layout));
        return table;
    }

    /// Fields alone, in the same words.
    static List<Field> fields(String text) {
        return parse("fields " + text).arguments;
    }

    /// This layout with numbers of the atomic `sort`, such as `u32`.
    Layout withNumbers(String sort) {
        return new Layout(op, withNumbers(arguments, sort), makes, withNumbers(answers, sort));
    }

    private static List<Field> withNumbers(List<Field> fields, String sort) {
        return fields.stream().map(f -> f.type.equals("decimal") ? new Field(f.name, sort, f.required) : f).toList();
    }

    private static Layout parse(String line) {
        var arguments = new ArrayList<Field>();
        var answers = new ArrayList<Field>();
        String makes = "";
        List<Field> target = arguments;
        String[] words = line.split(" +", -1);
        for (int i = 1; i < words.length; i++) {
            switch (words[i]) {
                case "->" -> target = answers;
                case "=>" -> makes = words[++i];
                default -> {
                    String[] parts = words[i].split(":", -1);
                    boolean required = !parts[1].endsWith("?");
                    target.add(new Field(parts[0], required ? parts[1] : parts[1].substring(0, parts[1].length() - 1),
                            required));
                }
            }
        }
        if (!makes.isEmpty()) {
            arguments.add(new Field("as", "new", true));
        }
        return new Layout(words[0], List.copyOf(arguments), makes, List.copyOf(answers));
    }
}
