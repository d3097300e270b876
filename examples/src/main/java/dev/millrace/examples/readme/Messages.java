package dev.millrace.examples.readme;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import java.util.concurrent.LinkedBlockingQueue;

/// What the exceptions say.
public final class Messages {
    private Messages() {}

    /// Prints both messages.
    public static void main(String[] args) throws InterruptedException {
        IO.println(timeout());
        IO.println(cancel());
    }

    static ContextException timeout() {
        // region timeout
        try (var request = Context.background().withName("request 17").withCancel();
                var page = request.withName("page").withTimeout(ofMillis(30))) {
            page.sleep(ofSeconds(1));
            throw new AssertionError("slept longer than the context lived");
        } catch (ContextException e) {
            return e;
        }
        // endregion
    }

    static ContextException cancel() throws InterruptedException {
        var thrown = new LinkedBlockingQueue<ContextException>();
        // region cancel
        try (var request = Context.background().withName("request 17").withCancel()) {
            go(request, c -> {
                try {
                    c.sleep(ofSeconds(10));
                } catch (ContextException e) {
                    thrown.add(e);
                }
            });
            request.cancel("client left");
        }
        // endregion
        return thrown.take();
    }
}
