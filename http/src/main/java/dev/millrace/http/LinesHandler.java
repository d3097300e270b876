package dev.millrace.http;

import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Makes the lines of one call. To the client the body is a publisher, which [Lines] has subscribed to.
final class LinesHandler implements BodyHandler<Flow.Publisher<List<ByteBuffer>>> {
    private final Context ctx;
    private volatile @Nullable Lines made;

    LinesHandler(Context ctx) {
        this.ctx = ctx;
    }

    @Override
    public BodySubscriber<Flow.Publisher<List<ByteBuffer>>> apply(ResponseInfo info) {
        var lines = new Lines(ctx, info);
        made = lines;
        return lines.subscriber();
    }

    /// Those that were made last.
    Lines lines() {
        return Objects.requireNonNull(made, "the client answered without asking for a subscriber");
    }

    @SuppressWarnings("unchecked") // its body, and those of the answers before it, nobody sees
    HttpResponse<ReceiveChan<String>> shown(HttpResponse<?> answer) {
        return new Returned<>((HttpResponse<ReceiveChan<String>>) answer, lines().channel());
    }
}
