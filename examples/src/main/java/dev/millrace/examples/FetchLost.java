package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.context.Context;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.io.PrintStream;

/// Three pages with a WaitGroup: the error of one is lost.
final class FetchLost extends Example {
    FetchLost() {
        super("fetch-lost");
    }

    // region fetch-lost
    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var given = options.rest();
        try (var fetch = Fetch.open()) {
            var wg = new WaitGroup();
            for (var url : fetch.urls(given)) {
                wg.add(1);
                go(ctx, c -> {
                    try {
                        fetch.get(c, url);
                        out.println("fetched " + url + " successfully");
                    } catch (IOException lost) {
                        // whom should it tell?
                    } finally {
                        wg.done();
                    }
                });
            }
            wg.await();
        }
        return 0;
    }
    // endregion
}
