package dev.millrace.http;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.internal.ChanCore;
import dev.millrace.internal.ChanFaces;
import dev.millrace.internal.Closure;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import dev.millrace.internal.Overflow;
import dev.millrace.internal.Scheduler;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A body as a channel of its lines, which is there when the headers are.
///
/// **Who works.** The client's signals come at times of their own. Each notes what it has to say and calls [#work]; whoever finds nobody
/// at work does it (`waiting` counts the calls), until there is nothing to do: so one thread at a time splits, sends and asks for more.
///
/// ```
///   NOBODY --- a signal --------------------------------> its thread works: it sends what the channel has room for, and asks for more
///   its thread --- nothing left to do ------------------> NOBODY
///   its thread --- the channel is full -----------------> a goroutine works: it sends, and waits for room
///   the goroutine --- nothing left to do ---------------> NOBODY, and it ends
/// ```
///
/// The work is handed to the goroutine whole: `waiting` stays above zero, so signals that come meanwhile only leave word. The client's threads
/// never wait, a body that its receiver keeps up with costs no switch, and one of which no more than [#AHEAD] lines are not received never has a
/// goroutine. More bytes are asked for only when all lines of those before are in the channel: so at most that, and one part, is ahead.
///
/// **How it ends.** The first to close the channel decides, under its lock:
///
/// | who | closes | and then |
/// |---|---|---|
/// | who works, after the last line | in peace: what is in the channel can be received | the context forgets it |
/// | [#onError] | with the failure, which overtakes lines | the same |
/// | [#cut], for the context, or a call that was left | with its exception, which overtakes lines | the subscription is cancelled |
/// | an abandon | as abandoned | the same |
///
/// `over` is set after the close, also by who works and is refused a line: then nothing more is asked for. The context is listened for as by a [Guard]: from
/// when the call has returned, and until the end.
///
/// The client is given [#subscriber], one of its own, since it asks those that it does not know for their body on another thread.
///
/// (The JDK's own subscriber for lines loses the last line when it has no end and the body's end comes while it is at work: seen with 25.0.3.)
final class Lines extends Listener implements Flow.Subscriber<List<ByteBuffer>>, OpenBody {
    /// How many lines may have come and not be received yet.
    static final int AHEAD = 16;

    static {
        Chan.never(); // the channel package lends its faces when it is initialised
    }

    private final Context ctx;
    private final @Nullable Node node;
    private final LineSplitter splitter;
    private final ChanCore lines;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<List<ByteBuffer>> parts = new ConcurrentLinkedQueue<>();
    private volatile Flow.@Nullable Subscription client;
    private volatile boolean complete; // all parts have come
    private volatile boolean done; // the client has said the end: its subscription is of no use any more
    private volatile boolean over;
    private volatile boolean listening;

    // Of who is at work.
    private boolean asked;

    Lines(Context ctx, ResponseInfo info) {
        this.ctx = ctx;
        this.node = ContextBase.nodeOf(ctx);
        this.splitter = new LineSplitter(charset(info.headers()));
        this.lines = ChanCore.make(Scheduler.real(), AHEAD, Overflow.WAIT, "", _ -> {}); // the network is outside of any bubble
    }

    /// The receivers' side.
    @SuppressWarnings("unchecked") // holds lines only
    ReceiveChan<String> channel() {
        return (ReceiveChan<String>) ChanFaces.leavingOf(lines, this::stop);
    }

    /// What the client is given. It hands its publisher out as soon as it has one itself, on the client's thread.
    BodySubscriber<Flow.Publisher<List<ByteBuffer>>> subscriber() {
        var known = BodySubscribers.ofPublisher();
        var _ = known.getBody().thenAccept(publisher -> publisher.subscribe(this));
        return known;
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

    // Who works.

    private void work() {
        if (waiting.getAndIncrement() == 0) {
            work(1, false);
        }
    }

    /// @param calls how many of those that are counted this answers
    private void work(int calls, boolean mayWait) {
        int seen = calls;
        do {
            try {
                if (!hand(mayWait)) {
                    int answered = seen;
                    Go.go(ctx, "lines", _ -> work(answered, true));
                    return;
                }
            } catch (Throwable t) { // no memory, or no thread for the goroutine: the receivers' to learn
                end(t);
            }
            seen = waiting.addAndGet(-seen);
        } while (seen != 0);
    }

    /// Hands on what there is; asks for more when that is all. False when the channel is full, and this may not wait.
    private boolean hand(boolean mayWait) {
        while (!over) {
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
                    end(null);
                    return true;
                }
            }
            if (line == null) {
                ask();
                return true;
            }
            Object outcome = mayWait ? lines.send(null, line) : lines.trySend(line);
            if (outcome == ChanCore.FULL) {
                splitter.putBack(line);
                return false;
            }
            if (outcome instanceof Closure) {
                over = true; // whoever has closed it is about to say so: until then nothing more is asked for
            } else if (outcome != null) {
                end(new InterruptedWaitException("send of a line")); // its thread is nobody else's to interrupt
            }
        }
        return true;
    }

    private void ask() {
        Flow.Subscription from = client;
        if (!asked && from != null) {
            asked = true;
            from.request(1);
        }
    }

    // The end.

    /// Closes the channel, unless it is closed: in peace, or with `why`.
    private void end(@Nullable Throwable why) {
        if (lines.close(Closure.closed(why)) == null) {
            stop();
        }
    }

    /// After the close: nobody wants more, and nobody need hear of the context.
    private void stop() {
        over = true;
        Node n = node;
        if (listening && n != null) {
            n.remove(this);
        }
        Flow.Subscription from = client;
        if (from != null && !done) {
            from.cancel();
        }
    }

    @Override
    public void listen() {
        Node n = node;
        if (n == null) {
            return;
        }
        listening = true;
        if (!over && !n.add(this)) {
            cut(Contexts.ended(ctx, null));
        }
        if (over) {
            n.remove(this); // the end came in between, and found nothing to take off
        }
    }

    @Override
    protected void tell(Ending ending) {
        Go.go(ctx.detach(), "end of a body", _ -> cut(Contexts.ended(ctx, null)));
    }

    @Override
    public void cut(Throwable why) {
        end(why);
    }

    // The client's side.

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        client = subscription;
        if (over) {
            subscription.cancel();
        }
        work();
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        parts.add(part);
        work();
    }

    @Override
    public void onError(Throwable failure) {
        done = true;
        end(failure);
    }

    @Override
    public void onComplete() {
        done = true;
        complete = true;
        work();
    }
}
