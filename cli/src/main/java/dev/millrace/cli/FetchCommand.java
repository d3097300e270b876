package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.http.ContextClient;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "fetch",
        header = "Fetch every URL and print its status, size and time, in the order given.",
        description = {
            "",
            "One line per URL; `error` and the reason where there was no whole answer. One bad host hides no other, unless"
                    + " --fail-fast is given. Redirects are shown and not followed. The body is read to its end; --timeout is"
                    + " for all of it.",
            "",
            "The exit code is 1 when a URL had no answer, or a status of 400 or more.",
            ""
        },
        footer = {"", "Example: millrace fetch --timeout 2s https://example.org https://example.com"})
final class FetchCommand implements Callable<Integer> {
    private static final int DEFAULT_LIMIT = 16;

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final Limits limits = new Limits();

    @Option(names = "--fail-fast", description = "The first that fails cancels the others.")
    private boolean failFast;

    @Parameters(paramLabel = "URL", arity = "1..*", description = "What to fetch: http://HOST… or https://HOST…")
    private final List<String> urls = new ArrayList<>();

    FetchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        List<HttpRequest> requests = urls.stream().map(this::request).toList();
        return session.run("fetch", limits.timeout, ctx -> fetch(ctx, requests));
    }

    private HttpRequest request(String url) {
        try {
            var uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (!web || uri.getHost() == null || uri.getPort() > 65_535) {
                throw refusal(url, "");
            }
            // Over plain HTTP the client would ask for an upgrade to HTTP/2, which some servers take amiss.
            return HttpRequest.newBuilder(uri)
                    .version(scheme.equals("http") ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2)
                    .build();
        } catch (URISyntaxException e) {
            throw refusal(url,
                    " (" + e.getReason() + (e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)) + ")");
        } catch (IllegalArgumentException e) {
            throw refusal(url, " (" + e.getMessage() + ")");
        }
    }

    private ParameterException refusal(String url, String why) {
        return new ParameterException(
                spec.commandLine(), "expected a URL such as https://example.org/path, was \"" + url + "\"" + why);
    }

    private int fetch(Context ctx, List<HttpRequest> requests) throws Exception {
        int limit = Objects.requireNonNullElse(limits.limit, DEFAULT_LIMIT);
        HttpClient client = HttpClient.newBuilder()
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        List<Fetcher.Answer> answers;
        try {
            answers = new Fetcher(ContextClient.over(client), limit, failFast).fetch(ctx, requests);
        } finally {
            client.shutdownNow(); // its close waits for connections
        }
        int written = session.write(table(answers).getBytes(StandardCharsets.UTF_8));
        if (!answers.stream().allMatch(Fetcher.Answer::isGood)) {
            ctx.check(); // nothing is missing because of the context, or its end is what there is to say
            return ExitCode.FAILED;
        }
        return written;
    }

    private String table(List<Fetcher.Answer> answers) {
        List<String> sizes = answers.stream().map(a -> a.failure() == null ? a.bytes() + " B" : "-").toList();
        List<String> times = answers.stream().map(a -> a.took().toMillis() + " ms").toList();
        int sizeWidth = sizes.stream().mapToInt(String::length).max().orElse(0);
        int timeWidth = times.stream().mapToInt(String::length).max().orElse(0);
        var text = new StringBuilder();
        for (int i = 0; i < answers.size(); i++) {
            Fetcher.Answer a = answers.get(i);
            String status = a.failure() == null ? Integer.toString(a.status()) : "error";
            text.append(pad(status, "error".length(), false)).append("  ");
            text.append(pad(sizes.get(i), sizeWidth, true)).append("  ");
            text.append(pad(times.get(i), timeWidth, true)).append("  ");
            text.append(urls.get(i)).append(a.failure() == null ? "" : ": " + a.failure()).append('\n');
        }
        return text.toString();
    }

    private static String pad(String text, int width, boolean left) {
        String blank = " ".repeat(Math.max(0, width - text.length()));
        return left ? blank + text : text + blank;
    }
}
