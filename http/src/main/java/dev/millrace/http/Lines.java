package dev.millrace.http;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A body as a channel of its lines, which is there when the headers are.
///
/// The client's side and the channel's come and go at times of their own. Each notes what it has to say and calls [#work]; whoever finds
/// nobody at work does it (`waiting` counts the calls), until there is nothing to do: so one thread at a time, and nobody waits.
///
/// (The JDK's own subscriber for lines loses the last line when it has no end and the body's end comes while it is at work: seen with 25.0.3.)
final class Lines implements BodySubscriber<ReceiveChan<String>>, Flow.Publisher<String>, Flow.Subscription {
    /// How many lines may have come and not be received yet.
    private static final int BUFFER = 16;

    private final ReceiveChan<String> lines;
    private final LineSplitter splitter;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<List<ByteBuffer>> parts = new ConcurrentLinkedQueue<>();
    private final AtomicLong demand = new AtomicLong();
    private volatile Flow.@Nullable Subscription client;
    private volatile Flow.@Nullable Subscriber<? super String> receiver;
    private volatile @Nullable Throwable failure;
    private volatile boolean complete;
    private volatile boolean over; // cancelled, or the end was said

    // Of who is at work.
    private boolean joined;
    private boolean asked;

    @SuppressWarnings("this-escape") // all that the goroutine of the channel calls has been set
    Lines(Context ctx, ResponseInfo info) {
        this.splitter = new LineSplitter(charset(info.headers()));
        this.lines = Chan.from(ctx, this, BUFFER);
    }

    /// The charset of the content's type; UTF-8 when it names none, or one that is not known.
    static Charset charset(HttpHeaders headers) {
        String type = headers.firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
        int at = type.indexOf("charset=");
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        String name = type.substring(at + "charset=".length());
        int end = name.indexOf(';');
        name = (end < 0 ? name : name.substring(0, end)).replace('"', ' ').strip();
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException _) {
            return StandardCharsets.UTF_8;
        }
    }

    private void work() {
        if (waiting.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            Flow.Subscription from = client;
            Flow.Subscriber<? super String> to = receiver;
            if (from != null && to != null) {
                join(to);
                hand(from, to);
            }
            seen = waiting.addAndGet(-seen);
        } while (seen != 0);
    }

    private void join(Flow.Subscriber<? super String> to) {
        if (!joined) {
            joined = true;
            to.onSubscribe(this);
        }
    }

    /// Hands on what there is, as long as it is wanted; asks for more when that is all.
    private void hand(Flow.Subscription from, Flow.Subscriber<? super String> to) {
        while (!over) {
            Throwable t = failure;
            if (t != null) {
                over = true;
                to.onError(t);
                return;
            }
            boolean last = complete; // before the look at the parts: after it none comes
            String line = splitter.next();
            List<ByteBuffer> part = line == null ? parts.poll() : null;
            if (part != null) {
                asked = false;
                splitter.add(part);
                continue;
            }
            if (line == null && last) {
                line = splitter.last();
                if (line == null) {
                    over = true;
                    to.onComplete();
                    return;
                }
            }
            if (line == null) {
                if (!asked && demand.get() > 0) {
                    asked = true;
                    from.request(1);
                }
                return;
            }
            if (demand.get() == 0) {
                splitter.putBack(line);
                return;
            }
            demand.decrementAndGet();
            to.onNext(line);
        }
    }

    // The client's side.

    @Override
    public CompletionStage<ReceiveChan<String>> getBody() {
        return CompletableFuture.completedStage(lines);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        client = subscription;
        work();
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        parts.add(part);
        work();
    }

    @Override
    public void onError(Throwable t) {
        failure = t;
        work();
    }

    @Override
    public void onComplete() {
        complete = true;
        work();
    }

    // The channel's side.

    @Override
    public void subscribe(Flow.Subscriber<? super String> subscriber) {
        receiver = subscriber;
        work();
    }

    @Override
    public void request(long n) {
        demand.getAndAdd(n); // at most as many as the channel has room for
        work();
    }

    @Override
    public void cancel() {
        over = true;
        Flow.Subscription from = client;
        if (from != null) {
            from.cancel();
        }
    }
}
