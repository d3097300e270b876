package dev.millrace.internal;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How packages that own a [ChanCore] get its public face, which only the channel package can make.
public final class ChanFaces {
    private static volatile @Nullable Function<ChanCore, Object> receiver;

    private ChanFaces() {}

    /// For the channel package.
    public static void receiver(Function<ChanCore, Object> maker) {
        receiver = maker;
    }

    /// A `dev.millrace.chan.ReceiveChan` of `core`. The caller's package has touched `Chan` before.
    public static Object receiverOf(ChanCore core) {
        return Objects.requireNonNull(receiver, "no channel was ever made").apply(core);
    }
}
