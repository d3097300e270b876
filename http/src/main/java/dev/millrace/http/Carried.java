package dev.millrace.http;

import dev.millrace.context.Context;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One thing that a [Propagation] carries: which headers, and how. What cannot be written or read is counted in [Caps#dropped].
sealed interface Carried {
    List<String> names();

    void write(Context ctx, Caps caps, BiConsumer<String, String> header);

    void read(Function<String, ? extends @Nullable List<String>> headers, Caps caps, List<Incoming.Value<?>> found);

    /// The one value of a header; null when there is none, or more than one, which is counted.
    static @Nullable String single(Function<String, ? extends @Nullable List<String>> headers, String name, Caps caps) {
        List<String> all = headers.apply(name);
        if (all == null || all.isEmpty()) {
            return null;
        }
        if (all.size() > 1) {
            caps.dropped++;
            return null;
        }
        return all.getFirst();
    }

    /// A value of a key of the user's.
    record One<T>(Context.Key<T> key, String name, HeaderCodec<T> codec) implements Carried {
        @Override
        public List<String> names() {
            return List.of(name);
        }

        @Override
        public void write(Context ctx, Caps caps, BiConsumer<String, String> header) {
            T value = ctx.value(key);
            if (value == null) {
                return;
            }
            String text = encoded(value);
            if (text == null || !Fields.isValue(text)) {
                caps.dropped++;
            } else if (caps.admit(name.length(), text.length())) {
                header.accept(name, text);
            }
        }

        @Override
        public void read(Function<String, ? extends @Nullable List<String>> headers, Caps caps,
                List<Incoming.Value<?>> found) {
            String text = single(headers, name, caps);
            if (text == null || !caps.admit(name.length(), text.length())) {
                return;
            }
            T value = Fields.isValue(text) ? decoded(text) : null;
            if (value == null) {
                caps.dropped++;
            } else {
                found.add(new Incoming.Value<>(key, value));
            }
        }

        private @Nullable String encoded(T value) {
            try {
                return codec.encode().apply(value);
            } catch (RuntimeException _) { // promised: a codec's failure drops the value
                return null;
            }
        }

        private @Nullable T decoded(String text) {
            try {
                return codec.decode().apply(text);
            } catch (RuntimeException _) { // promised: a codec's failure drops the value
                return null;
            }
        }
    }

    /// `traceparent` and `tracestate`, passed on as they are.
    record Trace() implements Carried {
        private static final String PARENT = "traceparent";
        private static final String STATE = "tracestate";

        @Override
        public List<String> names() {
            return List.of(PARENT, STATE);
        }

        @Override
        public void write(Context ctx, Caps caps, BiConsumer<String, String> header) {
            String state = ctx.value(Propagation.TRACESTATE);
            String parent = checked(ctx.value(Propagation.TRACEPARENT), state, caps);
            if (parent != null) {
                header.accept(PARENT, parent);
                if (state != null && isState(state, caps)) {
                    header.accept(STATE, state);
                }
            }
        }

        @Override
        public void read(Function<String, ? extends @Nullable List<String>> headers, Caps caps,
                List<Incoming.Value<?>> found) {
            List<String> states = headers.apply(STATE); // may be sent in parts
            String state = states == null || states.isEmpty() ? null : joined(states);
            String parent = checked(single(headers, PARENT, caps), state, caps);
            if (parent != null) {
                found.add(new Incoming.Value<>(Propagation.TRACEPARENT, parent));
                if (state != null && isState(state, caps)) {
                    found.add(new Incoming.Value<>(Propagation.TRACESTATE, state));
                }
            }
        }

        private static String joined(List<String> parts) {
            return parts.size() == 1 ? parts.getFirst() : String.join(",", parts);
        }

        /// `parent` when it may be carried. If it may not, `state` may not either.
        private static @Nullable String checked(@Nullable String parent, @Nullable String state, Caps caps) {
            if (parent == null || !isParent(parent)) {
                caps.dropped += (parent == null ? 0 : 1) + (state == null ? 0 : 1);
                return null;
            }
            return caps.admit(PARENT.length(), parent.length()) ? parent : null;
        }

        /// Version, trace, parent, flags: lower-case hexadecimal; neither id all zeros. A later version may have more.
        static boolean isParent(String text) {
            if (text.length() < 55 || text.length() > 512 || !Fields.isValue(text)) {
                return false;
            }
            boolean trace = false;
            boolean parent = false;
            for (int i = 0; i < 55; i++) {
                char c = text.charAt(i);
                if (i == 2 || i == 35 || i == 52) {
                    if (c != '-') {
                        return false;
                    }
                } else if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                    return false;
                }
                trace |= i > 2 && i < 35 && c != '0';
                parent |= i > 35 && i < 52 && c != '0';
            }
            boolean whole = text.length() == 55 || (!text.startsWith("00") && text.charAt(55) == '-');
            return trace && parent && whole && !text.startsWith("ff");
        }

        private static boolean isState(String text, Caps caps) {
            if (!Fields.isValue(text)) {
                caps.dropped++;
                return false;
            }
            return caps.admit(STATE.length(), text.length());
        }
    }

    /// Some keys of the baggage.
    record Baggage(Set<String> keys) implements Carried {
        private static final String NAME = "baggage";

        Baggage(List<String> keys) {
            this(Collections.unmodifiableSet(new LinkedHashSet<>(keys)));
        }

        public Baggage {
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("baggage needs at least one key that may pass, was given none");
            }
            for (String key : keys) {
                if (!Fields.isToken(key)) {
                    throw new IllegalArgumentException("a key of baggage must be of letters, digits and"
                            + " !#$%&'*+-.^_`|~, was " + Fields.quoted(key));
                }
            }
        }

        @Override
        public List<String> names() {
            return List.of(NAME);
        }

        @Override
        public void write(Context ctx, Caps caps, BiConsumer<String, String> header) {
            Map<String, String> members = ctx.value(Propagation.BAGGAGE);
            if (members == null) {
                return;
            }
            var out = new StringBuilder();
            for (String key : keys) {
                String value = members.get(key);
                if (value == null) {
                    continue;
                }
                String text = value.length() > Caps.VALUE ? null : Percent.encode(value);
                if (text == null) {
                    caps.dropped++;
                } else if (caps.admit(key.length() + 2, text.length())) {
                    out.append(out.isEmpty() ? "" : ",").append(key).append('=').append(text);
                }
            }
            if (!out.isEmpty()) {
                header.accept(NAME, out.toString());
            }
        }

        @Override
        public void read(Function<String, ? extends @Nullable List<String>> headers, Caps caps,
                List<Incoming.Value<?>> found) {
            List<String> lines = headers.apply(NAME);
            if (lines == null) {
                return;
            }
            Map<String, String> members = new LinkedHashMap<>();
            int seen = 0;
            for (String line : lines) {
                seen += Math.min(line.length(), Caps.TOTAL) + 1;
                if (seen > Caps.TOTAL + 1) { // of all lines together, whatever is in them
                    caps.dropped++;
                    break;
                }
                for (int from = 0; from <= line.length();) {
                    int comma = line.indexOf(',', from);
                    int to = comma < 0 ? line.length() : comma;
                    member(line.substring(from, to), caps, members);
                    from = to + 1;
                }
            }
            if (!members.isEmpty()) {
                found.add(new Incoming.Value<>(Propagation.BAGGAGE, Collections.unmodifiableMap(members)));
            }
        }

        private void member(String text, Caps caps, Map<String, String> members) {
            int semicolon = text.indexOf(';');
            String pair = semicolon < 0 ? text : text.substring(0, semicolon);
            int equals = pair.indexOf('=');
            if (equals < 0) {
                caps.dropped += text.isBlank() ? 0 : 1; // an empty member is allowed
                return;
            }
            String key = pair.substring(0, equals).strip();
            if (!keys.contains(key)) {
                caps.dropped += Fields.isToken(key) ? 0 : 1; // one that may not pass is no fault
                return;
            }
            String raw = pair.substring(equals + 1).strip();
            if (members.containsKey(key)) {
                caps.dropped++;
                return;
            }
            if (caps.admit(key.length() + 2, raw.length())) {
                String value = Percent.decode(raw);
                if (value == null) {
                    caps.dropped++;
                } else {
                    members.put(key, value);
                }
            }
        }
    }
}
