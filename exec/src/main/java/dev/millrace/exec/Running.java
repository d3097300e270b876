package dev.millrace.exec;

import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.SendChan;
import dev.millrace.context.AfterFunc;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.DeadlineExceededException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Go;
import dev.millrace.sync.WaitGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A command that was started: Go's `exec.Cmd` after `Start`. Any thread may call it.
///
/// ```java
/// Running server = Exec.command(ctx, "serve", "--port", "80").start();
/// …
/// server.await();
/// ```
///
/// How it ends is decided once, by the [AfterFunc] on its context:
///
/// ```
///   RUNNING -- the process ends, await() stops the AfterFunc --------------> ENDED: its own status counts
///      |
///      +-- the context ends, the AfterFunc starts
///             +-- the process has ended by then --------------------------> ENDED
///             +-- it lives: the tree is noted, asked, killed --> gone ----> STOPPED: the context's exception counts
/// ```
///
/// An await that comes after the AfterFunc has started waits until that has ended: so whoever sees the end of a stopped command knows that
/// its tree is gone.
public final class Running {
    /// The end of a process is an event, but one that does not heed KILL has none: whether it was given up is looked for after this time.
    private static final long UNKILLABLE_LOOK = 1_000; // milliseconds

    private final Command command;
    private final Process process;
    private final @Nullable Mark mark;
    private final CancellableContext own; // a child of the command's: ends with it, or by stop()
    private final WaitGroup pumping = new WaitGroup();
    private final List<Pump> pumps = new ArrayList<>();
    private final Sinks.@Nullable Tail tail;
    private final AtomicReference<@Nullable Throwable> streamFailure = new AtomicReference<>();
    private final AfterFunc stopper;

    // Written by the stopper, before the stopper's end is seen.
    private volatile boolean stopped;
    private volatile boolean lost;
    private volatile List<Long> survivors = List.of();
    private volatile @Nullable Throwable hookFailure;

    private Running(Command command, Process process, @Nullable Mark mark) {
        this.command = command;
        this.process = process;
        this.mark = mark;
        this.own = command.ctx.withName("exec " + command.program()).withCancel();
        this.tail = command.keepStderr ? new Sinks.Tail() : null;
        this.stopper = own.afterFunc(this::stopTree);
    }

    static Running start(Command c) throws IOException {
        c.ctx.check();
        Mark mark = c.clearsEnvironment() ? null : new Mark();
        return of(c, Launch.process(c, mark), mark);
    }

    static Running of(Command c, Process process, @Nullable Mark mark) {
        Running running = null;
        try {
            running = new Running(c, process, mark);
            running.carry();
            return running;
        } catch (Throwable t) { // no memory, or no thread: nobody else would stop it
            Tree.of(process, mark).kill();
            if (running != null) {
                running.own.close();
            }
            throw t;
        }
    }

    // Streams.

    private void carry() {
        SendChan<String> end = null;
        if (command.stdin instanceof byte[] text) {
            feed(new java.io.ByteArrayInputStream(text), text.length <= 4096); // so much fits into any pipe
        } else if (command.stdin instanceof java.io.InputStream in) {
            feed(in, false);
        }
        if (command.stdout instanceof OutputStream out) {
            pump("stdout", process.getInputStream(), Sinks.to(out));
        } else if (command.stdout instanceof SendChan<?> lines) {
            @SuppressWarnings("unchecked") // only stdout(SendChan<String>) sets it
            var to = (SendChan<String>) lines;
            pump("stdout", process.getInputStream(), new Sinks.Lines(own.view(), to));
            end = to;
        }
        if (tail != null) {
            pump("stderr", process.getErrorStream(), tail);
        } else if (command.stderr instanceof OutputStream err) {
            pump("stderr", process.getErrorStream(), Sinks.to(err));
        }
        if (end != null) { // when all pumps are counted
            SendChan<String> lines = end;
            Go.go(command.ctx.detach(), "exec lines of " + command.program(), _ -> closeAtEnd(lines));
        }
    }

    private void pump(String name, java.io.InputStream in, Pump.Sink sink) {
        var pump = new Pump(process, in, sink);
        boolean blocks = !command.waitDelay.isZero();
        Runnable body = () -> {
            try {
                if (blocks) {
                    pump.block();
                } else {
                    pump.poll();
                }
            } catch (ContextException | InterruptedWaitException e) {
                // await() says why
            } catch (ChanClosedException e) {
                own.cancel("nobody receives the lines of " + command.program() + " any more");
            } catch (IOException | RuntimeException | Error e) {
                streamFailure.compareAndSet(null, e);
                if (sink instanceof Sinks.Lines) {
                    own.cancel(e);
                }
            } finally {
                pumping.done();
            }
        };
        pumps.add(pump);
        pumping.add(1);
        String called = "exec " + name + " of " + command.program();
        if (blocks) {
            Thread.ofPlatform().daemon().name(called).start(body);
        } else {
            Go.go(command.ctx.detach(), called, _ -> body.run());
        }
    }

    private void feed(java.io.InputStream in, boolean here) {
        if (here) {
            copy(in);
        } else {
            Go.go(command.ctx.detach(), "exec stdin of " + command.program(), _ -> copy(in));
        }
    }

    /// A program need not read all that it is given: a write that fails is none.
    private void copy(java.io.InputStream in) {
        try (OutputStream out = process.getOutputStream()) {
            var buffer = new byte[8 * 1024];
            while (process.isAlive()) {
                int n;
                try {
                    n = in.read(buffer);
                } catch (IOException | RuntimeException e) {
                    streamFailure.compareAndSet(null, e);
                    return;
                }
                if (n < 0) {
                    return;
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // it has closed its input, or has ended
        }
    }

    private void closeAtEnd(SendChan<String> lines) {
        try {
            await();
            lines.tryClose();
        } catch (IOException | RuntimeException | Error e) {
            lines.tryClose(e);
        }
    }

    // Looking.

    /// The number of the process.
    public long pid() {
        return process.pid();
    }

    /// Whether the process itself has not ended.
    public boolean isAlive() {
        return process.isAlive();
    }

    /// The exit status as a shell has it, see [ExitException#code()]; empty while it runs.
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /// Its standard input, for a command with `stdin(Redirect.PIPE)`; buffered: flush it. Close it to say that no more will come.
    ///
    /// @throws IllegalStateException when its input comes from elsewhere
    public OutputStream stdin() {
        if (command.stdin instanceof Redirect r && r.type() == Redirect.Type.PIPE) {
            return process.getOutputStream();
        }
        throw new IllegalStateException("the input of " + command.program()
                + " comes from elsewhere: only a command with stdin(Redirect.PIPE) can be written to");
    }

    // Ending.

    /// Waits until the process has ended and what it wrote was carried off; when its context ends first, until the tree is gone. May be
    /// called by several, and again; each is told the same.
    ///
    /// @throws ExitException when it has ended without success
    /// @throws dev.millrace.context.ContextException when the context has ended first, or [#stop(String)] was called
    /// @throws InterruptedWaitException when the thread is interrupted first; nothing is stopped, and the interrupt status is set again
    /// @throws WaitDelayException when others hold its output for too long
    /// @throws IOException when a stream that was given has failed
    public void await() throws IOException {
        awaitProcess();
        if (!stopper.stop()) {
            stopper.close(); // the tree is gone after this
        }
        boolean whole = awaitPumps();
        own.close();
        judge(whole);
    }

    private void awaitProcess() {
        try {
            while (!process.waitFor(UNKILLABLE_LOOK, TimeUnit.MILLISECONDS) && !lost) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedWaitException("wait for " + command.program());
        }
    }

    private boolean awaitPumps() {
        if (command.waitDelay.isZero()) {
            pumping.await();
            return true;
        }
        try (var patience = Context.background().withTimeout(command.waitDelay)) {
            pumping.await(patience);
            return true;
        } catch (DeadlineExceededException e) {
            pumps.forEach(Pump::abandon);
            return false;
        }
    }

    private void judge(boolean whole) throws IOException {
        int code = process.isAlive() ? 0 : process.exitValue();
        ExitException exit = code == 0 ? null
                : new ExitException(command.program(), code, tail == null ? new byte[0] : tail.bytes());
        Throwable stream = streamFailure.get();
        if (stopped && !(stream != null && own.cause() == stream)) {
            try {
                own.check();
            } catch (ContextException e) {
                suppress(e, exit);
                suppress(e, stream);
                suppress(e, hookFailure);
                if (!survivors.isEmpty()) {
                    suppress(e, new IllegalStateException("still there after KILL: processes " + survivors));
                }
                throw e;
            }
        }
        if (stream != null) {
            if (stream.getSuppressed().length == 0) { // the next await throws the same
                suppress(stream, exit);
            }
            if (stream instanceof IOException e) {
                throw e;
            }
            if (stream instanceof RuntimeException e) {
                throw e;
            }
            if (stream instanceof Error e) {
                throw e;
            }
        }
        if (exit != null) {
            throw exit;
        }
        if (!whole) {
            throw new WaitDelayException(command.program(), command.waitDelay.toString());
        }
    }

    private static void suppress(Throwable main, @Nullable Throwable other) {
        if (other != null && other != main) {
            main.addSuppressed(other);
        }
    }

    /// Stops the tree as the end of the context does, and waits until it is gone, whatever interrupts come. Then [#await()] throws a
    /// [dev.millrace.context.CancelledException] with `reason` as its cause. Does nothing when the process has ended.
    public void stop(String reason) {
        own.cancel(reason);
        stopper.close();
    }

    /// On a goroutine of its own, when the context has ended.
    private void stopTree() {
        if (!process.isAlive()) {
            return; // it was faster
        }
        Tree tree = Tree.of(process, mark);
        if (!process.isAlive()) {
            return; // noting the tree takes a while
        }
        stopped = true;
        try {
            if (!command.grace.isZero()) {
                ask(tree);
                if (tree.awaitGone(command.grace)) {
                    return;
                }
            }
            survivors = tree.kill();
        } finally {
            lost = process.isAlive();
        }
    }

    private void ask(Tree tree) {
        CancelHook hook = command.hook;
        if (hook == null) {
            tree.terminate();
            return;
        }
        Go.go(command.ctx.detach(), "exec cancel of " + command.program(), _ -> {
            try {
                hook.cancel(this);
            } catch (Throwable t) {
                hookFailure = t;
                process.descendants().forEach(ProcessHandle::destroy);
                process.toHandle().destroy();
            }
        });
    }

    /// `git, process 4711`.
    @Override
    public String toString() {
        return command.program() + ", process " + process.pid();
    }
}
