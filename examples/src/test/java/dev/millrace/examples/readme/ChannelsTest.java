package dev.millrace.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.chan.Chan;
import dev.millrace.context.Context;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelsTest {
    @Test
    void generator_endsWithItsContext() {
        assertEquals(List.of(1, 2, 3, 4, 5), Channels.firstFive());
    }

    @Test
    void select_takesWhatComesFirst() {
        var ctx = Context.background().withCancel();
        var one = Chan.<String>buffered(1);
        assertEquals("too slow", Channels.ask(ctx, one, Chan.never()));
        one.send("one");
        assertEquals("one", Channels.ask(ctx, one, Chan.never()));
        ctx.cancel("client left");
        assertTrue(Channels.ask(ctx, one, Chan.never()).startsWith("gave up: "));
    }

    @Test
    void everybody_getsWhatItsKindHolds() {
        assertEquals("screen [100], journal [99, 101, 100]", Channels.everybody(Context.background()));
    }
}
