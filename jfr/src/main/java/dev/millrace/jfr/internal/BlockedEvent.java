package dev.millrace.jfr.internal;

import dev.millrace.context.Context;
import dev.millrace.probe.Event.WaitEnded;
import java.util.function.Consumer;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/// From when a thread parks to the end of its wait. It is itself who is to hear of that.
@Name("dev.millrace.Blocked")
@Label("Blocked")
@Description("A thread waited by the library: for a channel, a lock, a group, a context, a while")
@Category("Millrace")
@Threshold("10 ms")
final class BlockedEvent extends Scoped implements Consumer<WaitEnded> {
    @Label("Operation")
    @Description("What it did, in Go's words")
    String operation = "";

    @Label("Object")
    @Description("What it waited for, with its name where it has one")
    String object = "";

    @Label("Site")
    @Description("The line of the program that waited")
    String site = "";

    @Override
    public void accept(WaitEnded event) {
        end();
        if (shouldCommit()) {
            WaitText text = WaitText.of(event.waitsFor());
            operation = text.operation();
            object = text.object();
            site = UserLine.here();
            scope(Context.current());
            commit();
        }
    }
}
