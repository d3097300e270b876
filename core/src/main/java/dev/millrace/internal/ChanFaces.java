package dev.millrace.internal;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How packages and modules that own a [ChanCore] get its public face, which only the channel package can make.
public final class ChanFaces {
    private static volatile @Nullable Function<ChanCore, Object> receiver;
    private static volatile @Nullable BiFunction<ChanCore, Runnable, Object> leaver;

    private ChanFaces() {}

    /// For the channel package.
    public static void receiver(Function<ChanCore, Object> maker) {
        receiver = maker;
    }

    /// For the channel package.
    public static void leaver(BiFunction<ChanCore, Runnable, Object> maker) {
        leaver = maker;
    }

    /// A `dev.millrace.chan.ReceiveChan` of `core`. The caller's package has touched `Chan` before.
    public static Object receiverOf(ChanCore core) {
        return Objects.requireNonNull(receiver, "no channel was ever made").apply(core);
    }

    /// The same; it runs `atAbandon` after each of its abandons.
    public static Object leavingOf(ChanCore core, Runnable atAbandon) {
        return Objects.requireNonNull(leaver, "no channel was ever made").apply(core, atAbandon);
    }
}
