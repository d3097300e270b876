package dev.millrace.go;

import dev.millrace.internal.DumpText;
import dev.millrace.internal.Sight;
import dev.millrace.internal.Stacks;
import dev.millrace.internal.Watcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// What the goroutines of this JVM wait for, in production too: a dump, a graph of who waits for whom, and a watch that reports a program
/// which is stuck.
///
/// ```java
/// System.err.print(Goroutines.dump());
/// ```
///
/// **What is shown.** All goroutines; main, which is `goroutine 1` as in Go; and every other platform thread that waits by the library. Other virtual threads cannot be listed. Nothing is stopped for it: each goroutine is looked at for itself, and one that ends meanwhile is left
/// out. Those that wait pay nothing for being seen.
///
/// **Blocking.** Nothing here waits for a goroutine. A stack that the JVM cannot take is given up after a second.
///
/// **Compared with Go.** What Go prints on `SIGQUIT` and what `runtime/pprof` has as goroutine profile; Go's deadlock detector, as a choice
/// and with what to wait for in words; the graph is ours.
public final class Goroutines {
    private Goroutines() {}

    /// All goroutines as text, with their stacks:
    ///
    /// ```text
    /// goroutine 34 "reader" [chan receive on channel "jobs" (0 of 4), 3 min]:
    /// 	at dev.millrace.chan.Chan.receive(Chan.java:301)
    /// 	at shop.Reader.read(Reader.java:31)
    /// created by shop.Server.start in goroutine 1 at Server.java:12
    /// ```
    ///
    /// In brackets stands what it waits for, from a second on for how long, and what [Labels] it shows, as `labels:{"tenant": "7"}`. The last line is there in debug mode only. For very many
    /// goroutines use [#dump(Appendable, DumpOptions)], which keeps nothing.
    public static String dump() {
        var text = new StringBuilder();
        try {
            dump(text, DumpOptions.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringBuilder throws none
        }
        return text.toString();
    }

    /// Writes all goroutines to `out`, one after the other.
    ///
    /// @throws IOException what `out` throws
    public static void dump(Appendable out, DumpOptions options) throws IOException {
        Objects.requireNonNull(out, "out");
        List<Sight> all = Sight.all();
        try (var taker = new Stacks()) {
            Stacks stacks = options.stacks() ? taker : null;
            switch (options.format()) {
                case TEXT -> new DumpText(out, stacks).write(all, options.limit());
                case JSON -> new JsonDump(out, stacks).write(all, options.limit());
                case TREE -> new TreeDump(out, stacks).write(all, options.limit());
            }
        }
    }

    /// What each goroutine waits for and who could end that, as far as the library knows.
    public static WaitGraph waitGraph() {
        return WaitGraph.of(Sight.all());
    }

    /// Watches from now on until the answer is closed, or the process ends. Any number may watch at once. The whole process can be
    /// watched from its beginning by `-Ddev.millrace.watch=true`.
    public static Watch watch(WatchOptions options) {
        return Watcher.start(options.settings())::close;
    }

    /// A watch that goes on.
    public interface Watch extends AutoCloseable {
        /// Ends it: no look begins any more; one that goes on may still report.
        @Override
        void close();
    }
}
