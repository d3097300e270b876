package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Received;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// What one can do with a channel, and what happens in each of its states.
final class Channels extends Example {
    Channels() {
        super("channels");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        options.end();
        unbuffered(ctx, out);
        buffered(out);
        sides(ctx, out);
        table(out);
        return 0;
    }

    // region unbuffered
    private static void unbuffered(Context ctx, PrintStream out) {
        var ch = Chan.<Integer>unbuffered();
        go(ctx, c -> ch.send(c, 10)); // waits until somebody receives
        out.println("unbuffered: received " + ch.receive(ctx));
    }
    // endregion

    // region buffered
    private static void buffered(PrintStream out) {
        var ch = Chan.<Integer>buffered(3);
        ch.send(1);
        ch.send(2);
        out.println("buffered: len " + ch.len() + ", cap " + ch.cap());
        ch.close();
        for (int i = 0; i < 3; i++) {
            switch (ch.next()) { // in Go: v, ok := <-ch
                case Received.Value(var v) -> out.println("after close: " + v + ", a value");
                case Received.Closed(_) -> out.println("after close: closed and empty");
            }
        }
    }
    // endregion

    // region sides
    private static void sides(Context ctx, PrintStream out) {
        var ch = Chan.<Integer>unbuffered();
        go(ctx, c -> countTo(3, c, ch.sendOnly()));
        out.println("range until closed: sum " + sum(ctx, ch.receiveOnly()));
    }

    private static void countTo(int last, Context ctx, SendChan<Integer> numbers) {
        for (int n = 1; n <= last; n++) {
            numbers.send(ctx, n);
        }
        numbers.close();
    }

    private static int sum(Context ctx, ReceiveChan<Integer> numbers) {
        int sum = 0;
        for (int n : numbers.each(ctx)) {
            sum += n;
        }
        return sum;
    }
    // endregion

    // region table
    private static void table(PrintStream out) {
        var states = List.<Supplier<Chan<Integer>>>of(
                Chan::never, () -> holding(0), () -> holding(2), () -> holding(1), Channels::closed);
        out.printf("%n%-8s %-28s %-9s %-9s %-9s %s%n", "", "nil", "empty", "full", "neither", "closed");
        row(out, states, "send", ch -> ch.trySend(7) ? "sent" : "waits");
        row(out, states, "receive", ch -> switch (ch.tryReceive()) {
            case null -> "waits";
            case Received.Value(var v) -> "got " + v;
            case Received.Closed(_) -> "closed, at once";
        });
        row(out, states, "close", ch -> {
            ch.close();
            return "closed";
        });
        row(out, states, "len", ch -> String.valueOf(ch.len()));
        row(out, states, "cap", ch -> String.valueOf(ch.cap()));
    }

    private static void row(PrintStream out, List<Supplier<Chan<Integer>>> states, String operation,
            Function<Chan<Integer>, String> doing) {
        var cells = states.stream().map(state -> outcome(state.get(), doing)).toArray();
        out.printf("%-8s ", operation);
        out.printf("%-28s %-9s %-9s %-9s %s%n", cells);
    }

    private static String outcome(Chan<Integer> ch, Function<Chan<Integer>, String> doing) {
        try {
            return doing.apply(ch);
        } catch (IllegalStateException e) { // Go panics with these words
            return "throws: " + String.valueOf(e.getMessage()).replaceFirst(": .*", "");
        }
    }

    private static Chan<Integer> holding(int values) {
        var ch = Chan.<Integer>buffered(2);
        for (int v = 1; v <= values; v++) {
            ch.send(v);
        }
        return ch;
    }

    private static Chan<Integer> closed() {
        var ch = holding(0);
        ch.close();
        return ch;
    }
    // endregion
}
