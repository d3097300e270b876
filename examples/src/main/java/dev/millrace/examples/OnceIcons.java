package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.sync.Once;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A map that is filled when somebody first looks into it, once, whoever that is.
final class OnceIcons extends Example {
    OnceIcons() {
        super("once");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int goroutines = options.number("--goroutines", 100, 1, 100_000);
        var load = options.duration("--load", ofMillis(5));
        options.end();
        var icons = new Icons(load, out);
        var whole = new AtomicInteger();
        var wg = new WaitGroup();
        for (int i = 0; i < goroutines; i++) {
            wg.go(() -> {
                if (Icons.NAMES.stream().allMatch(name -> (name + ".png").equals(icons.icon(name)))) {
                    whole.incrementAndGet();
                }
            });
        }
        wg.await(ctx);
        out.println(whole + " of " + goroutines + " goroutines saw all " + Icons.NAMES.size() + " icons");
        return 0;
    }

    private record Icons(Once once, Map<String, String> icons, Duration load, PrintStream out) {
        static final List<String> NAMES = List.of("left", "up", "right", "down");

        Icons(Duration load, PrintStream out) {
            this(new Once(), new HashMap<>(), load, out);
        }

        // region icons
        @Nullable String icon(String name) {
            once.run(this::loadIcons); // with parameters: once.run(() -> loadIcons(folder))
            return icons.get(name);
        }

        private void loadIcons() {
            for (String name : NAMES) {
                icons.put(name, loadIcon(name + ".png"));
            }
        }
        // endregion

        private String loadIcon(String file) {
            sleep(load);
            out.println("loading " + file);
            return file;
        }
    }
}
