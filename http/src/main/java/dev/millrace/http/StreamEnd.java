package dev.millrace.http;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.internal.Ending;
import dev.millrace.internal.Listener;
import dev.millrace.internal.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Ends a stream of the JDK's own client with its context, by closing it. A [Guard] would do as well; but the client asks a subscriber that it does not know for
/// its body on a thread of its own, which costs 5 us.
///
/// ```
///   OPEN --- over, by who reads: read to its end, failed or closed ---> OVER   nothing happens any more
///    |
///    +------ cut, by the context or by a read that sees its end ------> CUT    the stream is closed, and a read that waits in it ends
/// ```
///
/// One compare-and-set decides. Who ends a context may not be held up by a socket, so a goroutine is started for the cut.
final class StreamEnd extends Listener implements BodyEnd {
    private static final int OPEN = 0;
    private static final int OVER = 1;
    private static final int CUT = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(StreamEnd.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Context ctx;
    private final Node node;
    private final InputStream in;
    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    private StreamEnd(Context ctx, Node node, InputStream in) {
        this.ctx = ctx;
        this.node = node;
        this.in = in;
    }

    /// `in` as a body that ends with `ctx` from now on.
    static Body under(Context ctx, Node node, InputStream in) {
        var end = new StreamEnd(ctx, node, in);
        if (!node.add(end)) {
            end.cut();
        }
        return new Body(ctx, in, end);
    }

    @Override
    protected void tell(Ending ending) {
        Go.go(ctx.detach(), "end of a body", _ -> cut());
    }

    @Override
    public void cut() {
        if (STATE.compareAndSet(this, OPEN, CUT)) {
            node.remove(this);
            try {
                in.close();
            } catch (IOException e) { // of no stream of the JDK
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void over() {
        if (STATE.compareAndSet(this, OPEN, OVER)) {
            node.remove(this);
        }
    }

    @Override
    public boolean forget() {
        return node.remove(this);
    }
}
