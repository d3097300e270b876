package dev.millrace.http;

import dev.millrace.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What of a context goes to the next program as headers, and what is taken from the headers of a request. It is immutable; each `with`
/// answers a new one. [#none()] sends and reads nothing: everything is named by you.
///
/// ```java
/// static final Propagation POLICY = Propagation.none()
///         .withDeadline(DeadlineHeader.GRPC_TIMEOUT) // what is left until the context's deadline
///         .withTrace()                               // traceparent and tracestate, unchanged
///         .withBaggage("tenant")                     // these keys of the baggage, and no other
///         .withValue(LOCALE, "x-locale");            // a value of your own
/// ```
///
/// **Limits, both ways.** A value has at most 8 KB, all of them with their names 64 KB, and there are at most 64. What is beyond, twice there where
/// only one may be, malformed (a bad percent, bad UTF-8, CR, LF, NUL), or refused by a codec is dropped, and [#dropped()] counts one
/// for each header, or member of baggage. The rest is kept. Nothing that the other side sends makes a method of this class throw,
/// and each looks at every character some few times at most.
///
/// **Compared with Go.** Its `net/http` sends nothing of a context; gRPC sends the deadline. W3C: `traceparent` is checked and passed on as it
/// came (who makes spans puts a new one into [#TRACEPARENT]); properties of baggage, after a `;`, are not kept.
///
/// No argument may be null.
public final class Propagation {
    /// The `traceparent` of W3C Trace Context, whole.
    public static final Context.Key<String> TRACEPARENT = Context.Key.<String>named("traceparent").shown();
    /// The `tracestate` that goes with it.
    public static final Context.Key<String> TRACESTATE = Context.Key.named("tracestate");
    /// The baggage of W3C, decoded.
    public static final Context.Key<Map<String, String>> BAGGAGE = Context.Key.named("baggage");

    private static final Propagation NONE = new Propagation(List.of(), List.of());

    private final List<DeadlineHeader> deadlines;
    private final List<Carried> values;
    private final LongAdder dropped = new LongAdder();

    private Propagation(List<DeadlineHeader> deadlines, List<Carried> values) {
        this.deadlines = List.copyOf(deadlines);
        this.values = List.copyOf(values);
    }

    /// One that sends and reads nothing.
    public static Propagation none() {
        return NONE;
    }

    /// Also the deadline. All of the headers are sent; of those that are read the shortest time counts.
    ///
    /// @throws IllegalArgumentException when a header is there already
    public Propagation withDeadline(DeadlineHeader first, DeadlineHeader... more) {
        List<DeadlineHeader> all = new ArrayList<>(deadlines);
        all.add(Objects.requireNonNull(first, "first"));
        for (DeadlineHeader d : more) {
            all.add(Objects.requireNonNull(d, "more"));
        }
        return checked(all, values);
    }

    /// Also [#TRACEPARENT] and [#TRACESTATE], in the headers of those names. A state without a valid parent is dropped.
    ///
    /// @throws IllegalArgumentException when a header is there already
    public Propagation withTrace() {
        return with(new Carried.Trace());
    }

    /// Also the members of [#BAGGAGE] with these keys, in the header `baggage`. Others are neither sent nor read.
    ///
    /// @throws IllegalArgumentException when a key is no token of HTTP, there is none, or the header is there already
    public Propagation withBaggage(String... keys) {
        return with(new Carried.Baggage(List.of(keys)));
    }

    /// Also the value of `key`, in `header`, as [HeaderCodec#text()].
    ///
    /// @throws IllegalArgumentException when `header` is no name of a header, one by which HTTP frames a message, or there already
    public Propagation withValue(Context.Key<String> key, String header) {
        return withValue(key, header, HeaderCodec.text());
    }

    /// Also the value of `key`, in `header`, as `codec` says.
    ///
    /// @throws IllegalArgumentException when `header` is no name of a header, one by which HTTP frames a message, or there already
    public <T> Propagation withValue(Context.Key<T> key, String header, HeaderCodec<T> codec) {
        return with(new Carried.One<>(Objects.requireNonNull(key, "key"), Fields.name(header),
                Objects.requireNonNull(codec, "codec")));
    }

    private Propagation with(Carried one) {
        List<Carried> all = new ArrayList<>(values);
        all.add(one);
        return checked(deadlines, all);
    }

    private static Propagation checked(List<DeadlineHeader> deadlines, List<Carried> values) {
        Set<String> seen = new HashSet<>();
        names(deadlines, values).forEach(name -> {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("a header can carry one thing, was named twice: \"" + name + "\"");
            }
        });
        return new Propagation(deadlines, values);
    }

    private static Stream<String> names(List<DeadlineHeader> deadlines, List<Carried> values) {
        return Stream.concat(deadlines.stream().map(DeadlineHeader::name),
                values.stream().flatMap(v -> v.names().stream()));
    }

    /// The headers that it sends and reads, in lower case.
    public Set<String> headers() {
        return names(deadlines, values).collect(Collectors.toUnmodifiableSet());
    }

    /// How much has been dropped, by this object, both ways.
    public long dropped() {
        return dropped.sum();
    }

    /// Gives `header` what of `ctx` is to be sent, name by name. The time is what is left now. A context without a deadline, or without a value, sends
    /// none. What `header` throws goes to the caller.
    public void inject(Context ctx, BiConsumer<String, String> header) {
        Objects.requireNonNull(header, "header");
        long left = ctx.remainingNanos();
        if (left != Long.MAX_VALUE) {
            for (DeadlineHeader d : deadlines) {
                header.accept(d.name(), d.format(left));
            }
        }
        if (!values.isEmpty()) {
            var caps = new Caps();
            for (Carried v : values) {
                v.write(ctx, caps, header);
            }
            dropped.add(caps.dropped);
        }
    }

    /// Reads a request. `headers` answers all values of the header of a name (in lower case), null or none when it is not there.
    public Incoming extract(Function<String, ? extends @Nullable List<String>> headers) {
        Objects.requireNonNull(headers, "headers");
        var caps = new Caps();
        long left = Long.MAX_VALUE;
        boolean limited = false;
        for (DeadlineHeader d : deadlines) {
            String value = Carried.single(headers, d.name(), caps);
            if (value != null) {
                long nanos = d.parseNanos(value);
                if (nanos >= 0) {
                    limited = true;
                    left = Math.min(left, nanos);
                } else if (nanos == DeadlineHeader.MALFORMED) {
                    caps.dropped++;
                }
            }
        }
        List<Incoming.Value<?>> found = new ArrayList<>();
        for (Carried v : values) {
            v.read(headers, caps, found);
        }
        dropped.add(caps.dropped);
        return new Incoming(limited ? Optional.of(Duration.ofNanos(left)) : Optional.empty(), found, caps.dropped);
    }

    /// For people: the headers.
    @Override
    public String toString() {
        return "Propagation" + names(deadlines, values).toList();
    }
}
