package dev.millrace.conformance;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One value of a line of JSON, and the column at which it begins, from 1.
///
/// @param value a `Map<String, Json>` in the order of the line, a `List<Json>`, a `String`, a `Long`, a `Boolean`, null, or an
///     [Odd] number
record Json(@Nullable Object value, int column) {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /// A number that is no `long`.
    record Odd(String text) {}

    /// Reads one line, which must hold one value and nothing else.
    static Json parse(String line) throws BadLineException {
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() == null) {
                throw new BadLineException(1, "expected a program, was an empty line");
            }
            Json value = value(parser);
            if (parser.nextToken() != null) {
                throw new BadLineException(
                        column(parser), "expected the end of the line behind the program, was " + parser.getText());
            }
            return value;
        } catch (JsonEOFException e) {
            throw new BadLineException(line.length() + 1, "expected the rest of the program, was the end of the line");
        } catch (JacksonException e) {
            int column = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getColumnNr());
            throw new BadLineException(column, "expected JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string has no such troubles
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        int column = column(parser);
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var fields = new LinkedHashMap<String, Json>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield new Json(fields, column);
            }
            case START_ARRAY -> {
                var items = new ArrayList<Json>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Json(items, column);
            }
            case VALUE_STRING -> new Json(parser.getText(), column);
            case VALUE_TRUE -> new Json(true, column);
            case VALUE_FALSE -> new Json(false, column);
            case VALUE_NULL -> new Json(null, column);
            case VALUE_NUMBER_INT -> switch (parser.getNumberType()) {
                case INT, LONG -> new Json(parser.getLongValue(), column);
                default -> new Json(new Odd(parser.getText()), column);
            };
            default -> new Json(new Odd(parser.getText()), column);
        };
    }

    private static int column(JsonParser parser) {
        return parser.currentTokenLocation().getColumnNr();
    }

    boolean isNull() {
        return value == null;
    }

    Map<String, Json> object(String what) throws BadLineException {
        if (!(value instanceof Map<?, ?>)) {
            throw wrong(what, "an object");
        }
        @SuppressWarnings("unchecked") // no other maps are made
        var fields = (Map<String, Json>) value;
        return fields;
    }

    List<Json> array(String what) throws BadLineException {
        if (!(value instanceof List<?>)) {
            throw wrong(what, "an array");
        }
        @SuppressWarnings("unchecked") // no other lists are made
        var items = (List<Json>) value;
        return items;
    }

    String text(String what) throws BadLineException {
        if (value instanceof String text) {
            return text;
        }
        throw wrong(what, "a string");
    }

    long integer(String what) throws BadLineException {
        if (value instanceof Long number) {
            return number;
        }
        throw wrong(what, "an integer");
    }

    boolean flag(String what) throws BadLineException {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(what, "true or false");
    }

    /// The complaint that `what` is not `expected`.
    BadLineException wrong(String what, String expected) {
        return new BadLineException(column, what + ": expected " + expected + ", was " + this);
    }

    /// For messages: scalars as in JSON, the others by their kind.
    @Override
    public String toString() {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "an array";
            case Odd(String text) -> text;
            default -> Fields.text(value);
        };
    }
}
