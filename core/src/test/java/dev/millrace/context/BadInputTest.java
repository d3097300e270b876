package dev.millrace.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.verify.Item;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Nulls and other nonsense: refused at once, in words, with nothing changed.
class BadInputTest {
    private static final Context.Key<String> KEY = Context.Key.named("key");

    private static String refused(Executable call) {
        String message = assertThrows(NullPointerException.class, call).getMessage();
        assertNotNull(message);
        return message;
    }

    @Test
    @Item("CTX-C26")
    void nullParent_isRefusedInGosWords() {
        assertEquals("cannot create context from nil parent", refused(() -> Context.anyOf(null)));
        var ctx = Context.background().withCancel();
        assertEquals("cannot create context from nil parent", refused(() -> Context.anyOf(ctx, (Context) null)));
        assertEquals(0, TestTools.listeners(ctx));
    }

    @Test
    @Item({"CTX-V04", "CTX-V05"})
    void nullKeysAndValues_areRefused() {
        Context bg = Context.background();
        assertEquals("nil key", refused(() -> bg.withValue(null, "v")));
        assertEquals("nil key", refused(() -> bg.without(null)));
        assertEquals("nil key", refused(() -> bg.value(null)));
        assertEquals("nil value: use without(key) to hide a value", refused(() -> bg.withValue(KEY, null)));
        assertEquals("name", refused(() -> Context.Key.named(null)));
        assertEquals("default value", refused(() -> Context.Key.named("key", null)));
    }

    @Test
    void nullArguments_areRefusedByAllOperations() {
        var ctx = Context.background().withCancel();
        Instant soon = Instant.now();
        Duration d = Duration.ofHours(1);
        for (Executable call : List.<Executable>of(() -> ctx.withTimeout(null), () -> ctx.withTimeout(d, null),
                () -> ctx.withTimeout(null, new Exception()), () -> ctx.withDeadline(null),
                () -> ctx.withDeadline(soon, null), () -> ctx.withDeadline(null, new Exception()),
                () -> ctx.withName(null), () -> ctx.detach(null), () -> ctx.afterFunc(null), () -> ctx.run(null),
                () -> ctx.call(null), () -> ctx.sleep(null), () -> ctx.awaitDone(null), () -> ctx.done().await(null),
                () -> Context.from(null), () -> Detach.lingering(null), () -> ctx.cancel((String) null))) {
            refused(call);
        }
        assertFalse(ctx.isDone());
        assertEquals(0, TestTools.listeners(ctx));
    }
}
