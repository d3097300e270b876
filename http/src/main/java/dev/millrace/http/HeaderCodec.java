package dev.millrace.http;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How a value of a context becomes the value of a header, and back.
///
/// ```java
/// HeaderCodec<Locale> locales = new HeaderCodec<>(Locale::toLanguageTag, Locale::forLanguageTag);
/// ```
///
/// What `encode` answers must be ASCII without control characters; anything else, null, and whatever either function throws
/// ([RuntimeException]), drops the value and is counted: it never reaches the request. `decode` gets what came from outside: at most
/// 8 KB of ASCII without control characters, and nothing else is known of it.
///
/// @param encode writes a value
/// @param decode reads one; null when it is none
public record HeaderCodec<T>(
        Function<? super T, ? extends @Nullable String> encode, Function<String, ? extends @Nullable T> decode) {

    private static final HeaderCodec<String> TEXT = new HeaderCodec<>(Percent::encode, Percent::decode);
    private static final HeaderCodec<String> PLAIN = new HeaderCodec<>(s -> s, s -> s);

    public HeaderCodec {
        Objects.requireNonNull(encode, "encode");
        Objects.requireNonNull(decode, "decode");
    }

    /// Any text, percent-encoded as UTF-8 where it is not printable ASCII; as the values of `baggage`. A text with a line break
    /// or a NUL, and half a surrogate pair, is dropped.
    public static HeaderCodec<String> text() {
        return TEXT;
    }

    /// Text of printable ASCII as it is; any other is dropped.
    public static HeaderCodec<String> plain() {
        return PLAIN;
    }
}
