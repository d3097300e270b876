package dev.millrace.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.go.Go;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The context that is bound to the running code.
class AmbientTest {
    private static final Context BG = Context.background();
    private static final Context.Key<String> KEY = Context.Key.named("key");

    @Test
    void current_whenNothingIsBound_isBackground() {
        assertSame(BG, Context.current());
    }

    @Test
    void run_bindsAndUnbinds_nested() {
        var outer = BG.withValue(KEY, "outer").withCancel();
        var inner = outer.withValue(KEY, "inner");
        outer.run(() -> {
            assertEquals("outer", Context.current().value(KEY));
            inner.run(() -> assertSame(inner, Context.current()));
            assertEquals(outer, Context.current());
        });
        assertSame(BG, Context.current());
        outer.close();
    }

    @Test
    void current_isAView_thatCannotCancel() {
        var ctx = BG.withCancel();
        ctx.run(() -> assertFalse(Context.current() instanceof CancellableContext));
        ctx.close();
    }

    @Test
    void call_answersTheResultAndLetsExceptionsThrough() throws IOException {
        var ctx = BG.withValue(KEY, "v");
        String answer = ctx.call(() -> Context.current().value(KEY));
        assertEquals("v", answer);
        var boom = new IOException("boom");
        assertSame(boom, assertThrows(IOException.class, () -> ctx.call(() -> {
            throw boom;
        })));
        var error = new IllegalStateException("boom");
        assertSame(error, assertThrows(IllegalStateException.class, () -> ctx.run(() -> {
            throw error;
        })));
        assertSame(BG, Context.current());
    }

    @Test
    void goroutines_haveTheirContextOrTheirSpawners() {
        var ctx = BG.withValue(KEY, "v").withCancel();
        var given = new AtomicReference<Context>();
        var inherited = new AtomicReference<Context>();
        var ended = new CountDownLatch(2);
        Go.go(ctx, c -> {
            given.set(Context.current());
            Go.go(() -> {
                inherited.set(Context.current());
                ended.countDown();
            });
            ended.countDown();
        });
        TestTools.await(ended);
        assertEquals(ctx, given.get());
        assertEquals(ctx, inherited.get());
        assertFalse(given.get() instanceof CancellableContext);
        ctx.close();
    }

    @Test
    void otherThreads_doNotSeeTheBinding() {
        BG.withValue(KEY, "v").run(() -> {
            var threads = new TestTools.Threads();
            threads.platform(() -> assertSame(BG, Context.current()));
            threads.virtual(() -> assertSame(BG, Context.current()));
            threads.join();
        });
    }
}
