package dev.millrace.examples;

import dev.millrace.context.Context;
import dev.millrace.sync.SyncMap;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/// The operations of a map for many goroutines, each once with its flag; then many goroutines that write to one.
final class MapOperations extends Example {
    MapOperations() {
        super("map");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int goroutines = options.number("--goroutines", 100, 1, 1_000);
        int keys = options.number("--keys", 100, 1, 1_000);
        options.end();
        operations(out);
        out.println();
        writeAndCount(ctx, goroutines, keys, out);
        return 0;
    }

    // region operations
    private static void operations(PrintStream out) {
        var colours = new SyncMap<String, String>(); // ready as it is
        colours.store("sky", "blue");
        out.println("store         sky = blue");

        String value = colours.load("sky"); // null: not there
        out.println("load          sky: " + value + ", ok " + (value != null));
        value = colours.load("sea");
        out.println("load          sea: " + value + ", ok " + (value != null));

        var had = colours.loadOrStore("sky", "grey");
        out.println("loadOrStore   sky, grey: " + had.value() + ", loaded " + had.loaded());
        had = colours.loadOrStore("sea", "green");
        out.println("loadOrStore   sea, green: " + had.value() + ", loaded " + had.loaded());

        value = colours.loadAndDelete("sky");
        out.println("loadAndDelete sky: " + value + ", loaded " + (value != null));
        value = colours.loadAndDelete("sky");
        out.println("loadAndDelete sky: " + value + ", loaded " + (value != null));

        colours.range((key, colour) -> {
            out.println("range         " + key + " = " + colour);
            return true; // false ends it
        });
        colours.delete("sea"); // has no flag
        out.println("delete        sea; left: " + colours.snapshot());
    }
    // endregion

    // region count
    private static void writeAndCount(Context ctx, int goroutines, int keys, PrintStream out) {
        var map = new SyncMap<Integer, Integer>();
        var wg = new WaitGroup();
        for (int i = 0; i < goroutines; i++) {
            int first = i * keys;
            wg.go(() -> {
                for (int key = first; key < first + keys; key++) {
                    map.store(key, key * 2);
                }
            });
        }
        wg.await(ctx);
        var count = new AtomicInteger();
        map.range((_, _) -> count.incrementAndGet() > 0);
        out.println(goroutines + " goroutines wrote " + keys + " keys each; range counts " + count);
    }
    // endregion
}
