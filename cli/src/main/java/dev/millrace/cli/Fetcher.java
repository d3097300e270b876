package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import dev.millrace.http.ContextClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Asks for several URLs at once and reads what comes to its end, all under one context.
final class Fetcher {
    /// How long a cancelled run waits for its tasks.
    private static final Duration GRACE = Duration.ofMillis(50);

    /// How one URL ended.
    ///
    /// @param status the HTTP status; 0 when there was no answer, or not all of it
    /// @param bytes the length of the body
    /// @param failure why there was none; null when there was
    record Answer(int status, long bytes, Duration took, @Nullable String failure) {
        static Answer failed(Duration took, String why) {
            return new Answer(0, 0, took, why);
        }

        boolean isGood() {
            return failure == null && status < 400;
        }
    }

    /// Ends the group when the first failure shall.
    private static final class BadAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        BadAnswerException(URI uri) {
            super(uri + " failed", null, false, false);
        }
    }

    private final ContextClient client;
    private final int limit;
    private final boolean failFast;

    /// @param limit how many requests are under way at once
    /// @param failFast whether the first that fails cancels the others
    Fetcher(ContextClient client, int limit, boolean failFast) {
        this.client = client;
        this.limit = limit;
        this.failFast = failFast;
    }

    /// The answers in the order of the requests. When `ctx` ends, what has not come by then is answered as a failure.
    List<Answer> fetch(Context ctx, List<HttpRequest> requests) throws Exception {
        var answers = new AtomicReferenceArray<@Nullable Answer>(requests.size());
        @SuppressWarnings("resource") // closing waits for all tasks; every way out of here has done so, or must not
        TaskGroup group = TaskGroup.open(ctx).limit(limit + 1); // and the one that starts them
        group.go("start", _ -> {
            for (int i = 0; i < requests.size(); i++) {
                int n = i;
                group.go(c -> fetch(c, requests.get(n), n, answers));
            }
        });
        try {
            group.join(ctx);
        } catch (ContextException _) {
            awaitStop(group);
        } catch (BadAnswerException _) {
            // it is among the answers
        }
        var all = new ArrayList<Answer>();
        for (int i = 0; i < requests.size(); i++) {
            Answer answer = answers.get(i);
            all.add(answer == null ? Answer.failed(Duration.ZERO, "not fetched") : answer);
        }
        return all;
    }

    private static void awaitStop(TaskGroup group) throws Exception {
        try (var grace = Context.background().withTimeout(GRACE)) {
            group.join(grace);
        } catch (ContextException | BadAnswerException _) {
            // the tasks have ended as they were told to, or the grace is over
        }
    }

    private void fetch(Context ctx, HttpRequest request, int n, AtomicReferenceArray<@Nullable Answer> answers)
            throws Exception {
        Answer answer = fetch(ctx, request);
        answers.set(n, answer);
        if (failFast && !answer.isGood()) {
            throw new BadAnswerException(request.uri());
        }
    }

    private Answer fetch(Context ctx, HttpRequest request) {
        long start = System.nanoTime();
        try {
            var bytes = new AtomicLong();
            // The call ends with the end of the body: a body that stalls is under the context as well.
            HttpResponse<Long> response = client.send(
                    ctx,
                    request,
                    _ -> BodySubscribers.mapping(
                            BodySubscribers.ofByteArrayConsumer(
                                    some -> some.ifPresent(b -> bytes.addAndGet(b.length))),
                            _ -> bytes.get()));
            return new Answer(response.statusCode(), response.body(), since(start), null);
        } catch (ContextException e) {
            return Answer.failed(since(start), cancelled(e));
        } catch (IOException e) {
            return Answer.failed(since(start), reason(e, request.uri()));
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static String cancelled(ContextException e) {
        String words = e.isTimeout() ? "context deadline exceeded" : "context canceled";
        Throwable cause = e.getCause();
        return cause == null ? words : words + ": " + cause.getMessage();
    }

    /// What went wrong. The JDK's client has exceptions without words for the commonest cases.
    private static String reason(IOException e, URI uri) {
        String words = null;
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof UnresolvedAddressException) {
                return "no such host: " + uri.getHost();
            }
            if (words == null) {
                words = t.getMessage();
            }
        }
        if (words != null) {
            return words;
        }
        return e instanceof ConnectException
                ? "cannot connect to " + uri.getAuthority()
                : e.getClass().getSimpleName();
    }
}
