package dev.millrace.examples;

import static java.util.Objects.requireNonNull;

import dev.millrace.atomic.Pointer;
import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;

/// New settings for goroutines that run.
final class Reconfigure extends Example {
    private static final Context.Key<Settings> SETTINGS = Context.Key.named("settings");

    Reconfigure() {
        super("reconfigure");
    }

    /// What a goroutine works with.
    record Settings(String greeting) {}

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        options.end();
        byChannel(ctx, out);
        byReference(ctx, out);
        notByContext(ctx, out);
        return 0;
    }

    // region channel
    private static void byChannel(Context parent, PrintStream out) {
        try (var ctx = parent.withCancel()) {
            var forAnn = Chan.<Settings>latest(); // each goroutine has its own settings
            var forBob = Chan.<Settings>latest();
            var told = Chan.<String>unbuffered();
            var wg = new WaitGroup();
            wg.go(ctx, c -> serve(c, "ann", forAnn, told));
            wg.go(ctx, c -> serve(c, "bob", forBob, told));

            forAnn.send(new Settings("hello"));
            out.println("channel: " + told.receive(ctx));
            forBob.send(new Settings("good day"));
            out.println("channel: " + told.receive(ctx));
            forAnn.send(new Settings("welcome")); // bob keeps his
            out.println("channel: " + told.receive(ctx));

            ctx.cancel();
            wg.await();
        }
    }

    private static void serve(Context ctx, String name, ReceiveChan<Settings> changes, Chan<String> told) {
        boolean goOn = true;
        while (goOn) {
            goOn = Select.<Boolean>first()
                    .receive(changes, settings -> {
                        told.send(ctx, name + " now says " + settings.greeting());
                        return true;
                    })
                    .done(ctx, _ -> false)
                    .run();
        }
    }
    // endregion

    // region reference
    private static void byReference(Context ctx, PrintStream out) {
        var settings = new Pointer<>(new Settings("hello")); // all goroutines share it
        var requests = Chan.<String>unbuffered();
        var answers = Chan.<String>unbuffered();
        var wg = new WaitGroup();
        wg.go(ctx, c -> {
            for (var name : requests.each(c)) {
                var now = requireNonNull(settings.load()); // once for each request, so that it does not change in the middle
                answers.send(c, now.greeting() + " " + name);
            }
        });

        requests.send(ctx, "ann");
        out.println("reference: " + answers.receive(ctx));
        settings.store(new Settings("welcome"));
        requests.send(ctx, "ann");
        out.println("reference: " + answers.receive(ctx));

        requests.close();
        wg.await();
    }
    // endregion

    // region context
    private static void notByContext(Context parent, PrintStream out) {
        try (var ctx = parent.withValue(SETTINGS, new Settings("hello")).withCancel()) {
            var requests = Chan.<String>unbuffered();
            var answers = Chan.<String>unbuffered();
            var wg = new WaitGroup();
            wg.go(ctx, c -> {
                for (var name : requests.each(c)) {
                    answers.send(c, greeting(c) + " " + name);
                }
            });

            var changed = ctx.withValue(SETTINGS, new Settings("welcome")); // a new context; nobody runs under it
            requests.send(ctx, "ann");
            out.println("context: " + answers.receive(ctx) + ", although the new one says " + greeting(changed));

            requests.close();
            wg.await();
        }
    }

    private static String greeting(Context ctx) {
        var settings = ctx.value(SETTINGS);
        return settings == null ? "" : settings.greeting();
    }
    // endregion
}
