package dev.millrace.examples;

import static dev.millrace.chan.Case.done;
import static dev.millrace.chan.Case.orElse;

import dev.millrace.chan.Select;
import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the programs share. Their texts are resources beside the classes; the first line of each is its summary.
abstract class Example implements Program {
    private final String name;

    Example(String name) {
        this.name = name;
    }

    /// The program has failed, and says so by one line: the exit status is 1.
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(Exception cause) {
            super(cause instanceof NoSuchFileException ? "no such file or folder: " + cause.getMessage()
                    : cause.toString(), cause);
        }
    }

    /// What the program does.
    abstract int play(Context ctx, PrintStream out, Options options) throws Exception;

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return help().lines().findFirst().orElseThrow();
    }

    @Override
    public final String help() {
        String file = name + ".txt";
        try (InputStream text = Example.class.getResourceAsStream(file)) {
            if (text == null) {
                throw new IllegalStateException("the program " + name + " has no text: expected " + file + " beside "
                        + Example.class.getName());
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    @Override
    public final int run(Context ctx, PrintStream out, PrintStream err, List<String> args) throws Exception {
        if (args.contains("--help")) {
            out.print(help());
            return 0;
        }
        try {
            return play(ctx, out, new Options(args));
        } catch (Options.Wrong e) {
            err.println(name + ": " + e.getMessage());
            return 2;
        } catch (Failed e) {
            err.println(name + ": " + e.getMessage());
            return 1;
        }
    }

    /// For programs that count milliseconds: those shall be their own and not those of a JVM that has just started.
    static void loadClasses() {
        try (var ctx = Context.background().withTimeout(Duration.ofMillis(1))) {
            var wg = new WaitGroup();
            wg.go(ctx, _ -> sleep(Duration.ofMillis(1)));
            wg.await();
            Select.first(done(ctx, _ -> false), orElse(() -> true));
            ctx.awaitDone();
        }
    }

    /// Go's `time.Sleep`: no cancel ends it.
    static void sleep(Duration span) {
        Context.background().sleep(span);
    }

    /// The words that Go has for an end. The exception's own message begins with them and says more: who, where and when.
    static String words(@Nullable ContextException err) {
        return switch (err) {
            case null -> "<nil>";
            case CancelledException _ -> "context canceled";
            case DeadlineExceededException _ -> "context deadline exceeded";
        };
    }
}
