package dev.millrace.http;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Stands between the client and the subscriber of a body, and ends the body with its context.
///
/// ```
///   OPEN --- the last byte, or a failure, of the client -----> end is COMPLETE or that failure
///    |
///    +------ cancel, by the subscriber ----------------------> end is CANCELLED; the subscriber hears no more
///    |
///    +------ cut, with the context's exception --------------> end is that exception
/// ```
///
/// One compare-and-set of `end` decides. Who makes it a cut, or a cancel, cancels the client's subscription, which closes the connection, or resets
/// the stream of HTTP/2. The subscriber then hears of the end once, and never while it is still busy with what came before: who leaves it
/// last (`inside`) tells. So a subscriber that knows only the rules of `Flow` is as safe as without this.
///
/// A body is listened for only from when the call has returned, and until its end; before that the call itself waits and cuts. Who
/// ends a context may not be held up by a socket, so a goroutine is started for the cut then. No thread waits beside.
final class Guard<T> extends Listener implements BodySubscriber<T>, Flow.Subscription, BodyEnd, OpenBody {
    private static final Object COMPLETE = new Object();
    private static final Object CANCELLED = new Object();
    private static final VarHandle END;
    private static final VarHandle INSIDE;
    private static final VarHandle TOLD;

    static {
        try {
            var lookup = MethodHandles.lookup();
            END = lookup.findVarHandle(Guard.class, "end", Object.class);
            INSIDE = lookup.findVarHandle(Guard.class, "inside", int.class);
            TOLD = lookup.findVarHandle(Guard.class, "told", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Context ctx;
    private final Node node;
    private final BodySubscriber<T> subscriber;
    private volatile @Nullable Object end; // COMPLETE, CANCELLED or a Throwable
    private volatile Flow.@Nullable Subscription client;
    private volatile boolean subscribed;
    private volatile int inside; // calls of onNext that have not returned
    @SuppressWarnings("unused") // through TOLD
    private volatile boolean told;
    private volatile boolean listening;

    Guard(Context ctx, Node node, BodySubscriber<T> subscriber) {
        this.ctx = ctx;
        this.node = node;
        this.subscriber = Objects.requireNonNull(subscriber, "the handler answered no subscriber");
    }

    // The context's side.

    @Override
    public void listen() {
        listening = true;
        if (end == null && !node.add(this)) {
            cut();
        }
        if (end != null) {
            node.remove(this); // the end came in between, and found nothing to take off
        }
    }

    @Override
    public boolean forget() {
        return node.remove(this);
    }

    /// Does nothing: the subscriber tells, by its cancel, or the client.
    @Override
    public void over() {}

    @Override
    protected void tell(Ending ending) {
        Go.go(ctx.detach(), "end of a body", _ -> cut());
    }

    /// What the subscriber throws goes to the caller.
    @Override
    public void cut() {
        if (end == null) {
            cut(Contexts.ended(ctx, null));
        }
    }

    @Override
    public void cut(Throwable why) {
        if (ends(why)) {
            cancelClient();
            tellSubscriber();
        }
    }

    private void cancelClient() {
        Flow.Subscription s = client;
        if (s != null) {
            s.cancel();
        }
    }

    private boolean ends(Object how) {
        boolean first = END.compareAndSet(this, null, how);
        if (first && listening) {
            node.remove(this);
        }
        return first;
    }

    /// Tells the subscriber of the end, unless somebody is with it, who then does.
    private void tellSubscriber() {
        Object how = end;
        if (how == null || how == CANCELLED || !subscribed || inside != 0 || !TOLD.compareAndSet(this, false, true)) {
            return;
        }
        if (how == COMPLETE) {
            subscriber.onComplete();
        } else {
            subscriber.onError((Throwable) how);
        }
    }

    // The client's side.

    @Override
    public void onSubscribe(Flow.Subscription given) {
        client = given;
        if (end != null) {
            given.cancel();
        }
        subscriber.onSubscribe(this);
        subscribed = true;
        tellSubscriber();
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        INSIDE.getAndAdd(this, 1);
        try {
            if (end == null) {
                subscriber.onNext(part);
            }
        } finally {
            if ((int) INSIDE.getAndAdd(this, -1) == 1) {
                tellSubscriber();
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (ends(Objects.requireNonNull(failure, "failure"))) {
            tellSubscriber();
        }
    }

    @Override
    public void onComplete() {
        if (ends(COMPLETE)) {
            tellSubscriber();
        }
    }

    // The subscriber's side.

    @Override
    public void request(long n) {
        Flow.Subscription s = client;
        if (s != null && end == null) {
            s.request(n);
        }
    }

    @Override
    public void cancel() {
        ends(CANCELLED);
        cancelClient(); // also when it has ended, as without this
    }

    @Override
    public CompletionStage<T> getBody() {
        return subscriber.getBody().thenApply(this::underContext);
    }

    /// A stream of the JDK gets the context's exceptions as they are. Nobody can name its class, so anything that the caller may take it
    /// for, a [Body] is too.
    @SuppressWarnings("unchecked")
    private T underContext(T body) {
        return body instanceof InputStream in && body.getClass().getModule() == HttpClient.class.getModule()
                ? (T) new Body(ctx, in, this)
                : body;
    }
}
