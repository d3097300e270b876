package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import dev.millrace.time.Ticker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// A crawler that is polite: it begins one request at each tick.
final class Crawler extends Example {
    Crawler() {
        super("crawler");
    }

    // region crawler
    private record Page(String url, List<String> links) {}

    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        var pace = options.interval("--pace", ofMillis(100));
        var answer = options.duration("--answer", ofMillis(250));
        options.end();

        try (var group = TaskGroup.open(ctx)) {
            var pages = Chan.<Page>unbuffered();
            var select = Selector.random();
            var tick = select.receive(Ticker.every(pace).ticks());
            var fetched = select.receive(pages);

            var todo = new ArrayDeque<>(List.of("/"));
            var seen = new HashSet<>(todo);
            int underWay = 0;
            while (!todo.isEmpty() || underWay > 0) {
                tick.enabled(!todo.isEmpty()); // in Go: a nil channel when there is nothing to begin
                if (select.await(ctx) == tick) {
                    var url = todo.remove();
                    group.go(c -> pages.send(c, fetch(c, url, answer)));
                    underWay++;
                } else {
                    var page = fetched.value();
                    out.println(page.url + " links to " + String.join(" ", page.links));
                    for (var link : page.links) {
                        if (seen.add(link)) {
                            todo.add(link);
                        }
                    }
                    underWay--;
                }
            }
            group.join();
            out.println(seen.size() + " pages");
        }
        return 0;
    }
    // endregion

    /// A web that is not there. Nothing links to the last page.
    static final Map<String, List<String>> WEB = Map.of(
            "/", List.of("/news", "/docs", "/about"),
            "/news", List.of("/", "/news/1", "/news/2"),
            "/news/1", List.of("/news", "/docs"),
            "/news/2", List.of("/news", "/news/1"),
            "/docs", List.of("/", "/docs/go", "/docs/java"),
            "/docs/go", List.of("/docs", "/docs/java"),
            "/docs/java", List.of("/docs", "/docs/go"),
            "/about", List.of("/"),
            "/hidden", List.of("/"));

    private static Page fetch(Context ctx, String url, Duration answer) {
        ctx.sleep(answer);
        return new Page(url, WEB.getOrDefault(url, List.of()));
    }
}
