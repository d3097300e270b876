package dev.millrace.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancelledException;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Goroutines;
import dev.millrace.go.WatchOptions;
import dev.millrace.sync.WaitGroup;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class SignalsTest {
    /// A signal that the JVM leaves to programs and whose default does not matter here.
    private static final String QUIET = "USR2";

    @Test
    void first_signal_cancelsWithACauseThatNamesIt() {
        try (var ctx = Signals.notifyContext(Context.background(), QUIET)) {
            assertFalse(ctx.isDone());
            Signal.raise(new Signal(QUIET));
            assertTrue(ctx.awaitDone(Duration.ofSeconds(10)));
            assertInstanceOf(CancelledException.class, ctx.err());
            var cause = assertInstanceOf(SignalException.class, ctx.cause());
            assertEquals(QUIET, cause.signal());
            assertEquals("received signal USR2", cause.getMessage());
            assertTrue(ctx.err().getMessage().startsWith("context canceled: received signal USR2"));
        }
    }

    @Test
    void close_withoutSignal_putsTheOldHandlerBack() {
        SignalHandler mine = s -> {};
        SignalHandler original = Signal.handle(new Signal("WINCH"), mine);
        try {
            var ctx = Signals.notifyContext(Context.background(), "WINCH");
            SignalHandler ours = Signal.handle(new Signal("WINCH"), mine);
            Signal.handle(new Signal("WINCH"), ours);
            assertFalse(ours == mine);
            long before = Go.numGoroutine();
            ctx.close(); // starts a goroutine that puts the handler back
            for (long end = System.nanoTime() + 10_000_000_000L; Go.numGoroutine() > before;) {
                assertTrue(System.nanoTime() < end, "the handler is not put back");
                Thread.yield();
            }
            SignalHandler now = Signal.handle(new Signal("WINCH"), ours); // the only way to ask; not while it is put back
            Signal.handle(new Signal("WINCH"), now);
            assertEquals(mine, now);
        } finally {
            Signal.handle(new Signal("WINCH"), original);
        }
    }

    @Test
    void parent_ends_contextEndsWithItsCause() {
        try (var parent = Context.background().withCancel();
                var ctx = Signals.notifyContext(parent, QUIET)) {
            parent.cancel("shutting down");
            assertEquals("shutting down", ctx.cause().getMessage());
        }
    }

    @Test
    void unknown_signal_isRefusedAndTheOthersAreLeftAlone() {
        var e = assertThrows(
                IllegalArgumentException.class, () -> Signals.notifyContext(Context.background(), QUIET, "NOSUCH"));
        assertTrue(e.getMessage().contains("NOSUCH"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Signals.notifyContext(Context.background()));
    }

    @Test
    void dump_signal_writesTheGoroutines_closePutsTheOldHandlerBack() throws Exception {
        SignalHandler mine = s -> {};
        SignalHandler original = Signal.handle(new Signal("WINCH"), mine);
        try {
            var text = new ByteArrayOutputStream();
            var waits = new WaitGroup();
            waits.add(1);
            Go.go("dumped by a signal", waits::await);
            try (var _ = Signals.dumpGoroutines("WINCH", new PrintStream(text, true, StandardCharsets.UTF_8))) {
                for (long end = System.nanoTime() + 10_000_000_000L;;) {
                    Signal.raise(new Signal("WINCH"));
                    if (text.toString(StandardCharsets.UTF_8).contains("\"dumped by a signal\" [sync.WaitGroup.Wait")) {
                        break;
                    }
                    assertTrue(System.nanoTime() < end, text.toString(StandardCharsets.UTF_8));
                    Thread.yield();
                }
            }
            SignalHandler now = Signal.handle(new Signal("WINCH"), original);
            assertEquals(mine, now);
            waits.done();
            assertThrows(IllegalArgumentException.class, () -> Signals.dumpGoroutines("NOSUCH", System.err));
        } finally {
            Signal.handle(new Signal("WINCH"), original);
        }
    }

    @Test
    void watch_waitUnderTheSignalsContext_isNoDeadlock() throws Exception {
        try (var child = new Child(Watched.class)) {
            assertEquals("ready", child.out.readLine());
            // Real time is what is tested: the child's watch looks 25 times meanwhile, and finds nothing to say.
            assertFalse(child.process.waitFor(500, TimeUnit.MILLISECONDS), "a signal may still come");
            child.terminate();
            assertEquals("cancelled by TERM", child.out.readLine());
            assertEquals("fatal error: all goroutines are asleep - deadlock!", child.out.readLine(),
                    "but none does for this");
            assertTrue(child.process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(2, child.process.exitValue());
        }
    }

    /// Waits for a signal, and then for nothing.
    static final class Watched {
        private Watched() {}

        public static void main(String[] args) {
            Goroutines.watch(WatchOptions.deadlocks().every(Duration.ofMillis(20)).crash());
            try (var ctx = Signals.notifyContext(Context.background(), "TERM");
                    var below = ctx.withName("below").withCancel()) {
                System.out.println("ready");
                below.awaitDone();
                System.out.println("cancelled by " + ((SignalException) below.cause()).signal());
                Context.background().awaitDone();
            }
        }
    }

    @Test
    void second_signal_endsTheProcessAtOnceWith128PlusItsNumber() throws Exception {
        try (var child = new Child()) {
            assertEquals("ready", child.out.readLine());
            child.terminate();
            assertEquals("cancelled by TERM", child.out.readLine());
            child.terminate();
            assertTrue(child.process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(143, child.process.exitValue());
        }
    }

    /// A JVM that waits for its end and then goes on for ever.
    private static final class Child implements AutoCloseable {
        final Process process;
        final BufferedReader out;

        Child() throws IOException {
            this(Stubborn.class);
        }

        Child(Class<?> main) throws IOException {
            String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String paths = System.getProperty("jdk.module.path") + File.pathSeparator
                    + System.getProperty("java.class.path");
            String tests = Path.of("target", "test-classes").toAbsolutePath().toString();
            process = new ProcessBuilder(java, "-cp", tests + File.pathSeparator + paths, main.getName())
                    .redirectErrorStream(true)
                    .start();
            out = process.inputReader();
        }

        /// Not INT: a build in the background is often started with that ignored, and the JDK leaves it so.
        void terminate() throws Exception {
            int exit = new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
            assertEquals(0, exit);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /// Ignores its cancellation.
    static final class Stubborn {
        private Stubborn() {}

        public static void main(String[] args) {
            var ctx = Signals.notifyContext(Context.background(), "TERM");
            System.out.println("ready");
            ctx.awaitDone();
            System.out.println("cancelled by " + ((SignalException) ctx.cause()).signal());
            Context.background().sleep(Duration.ofMinutes(5));
        }
    }
}
