package dev.millrace.examples;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import java.io.IOException;
import java.io.PrintStream;

/// The same three pages with a group: it waits, and hands the error back.
final class FetchGroup extends Example {
    FetchGroup() {
        super("fetch-group");
    }

    // region fetch-group
    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var given = options.rest();
        try (var fetch = Fetch.open();
                var group = TaskGroup.open(ctx, TaskGroup.Mode.COLLECT_ALL)) {
            for (var url : fetch.urls(given)) {
                group.go(c -> {
                    fetch.get(c, url);
                    out.println("fetched " + url + " successfully");
                });
            }
            group.join();
            out.println("all goroutines succeeded");
        } catch (IOException e) {
            out.println(e.getMessage());
        }
        return 0;
    }
    // endregion
}
