package dev.millrace.exec;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import dev.millrace.context.InterruptedWaitException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A program with its arguments, where it runs, with which streams, and how it is stopped: Go's `exec.Cmd`. Made by [Exec#command].
///
/// ```java
/// try (var ctx = request.withTimeout(ofSeconds(2))) {
///     String commits = Exec.command(ctx, "git", "log", "--oneline").dir(repository).output();
/// }
/// ```
///
/// It is a value: each method that sets something answers another command, and one may be run any number of times, by several at once.
///
/// **Streams.** Standard input is empty, and output goes nowhere, unless something else is said: Go's null device. Text is UTF-8.
///
/// **Blocking and cancellation.** [#run], [#output] and their like look at the context first: when it has ended, nothing is started. Then
/// they wait until the program has ended and all it wrote was carried off. When the context ends first, the *whole tree* of
/// processes is stopped: all descendants are noted and get the signal TERM (or the [hook][#cancel] is called); those that are there after
/// the [grace time][#grace], two seconds by default, get KILL, with what they have started meanwhile. Then the call throws the context's
/// exception, with how the program ended suppressed in it. A program that has ended before it could be stopped has done its work, and the call
/// returns or throws as if nothing else had happened. A foreign interrupt does the same, and throws an [InterruptedWaitException].
///
/// **What gets away.** A process whose parent has ended is found by a variable that the command's environment has besides, `MILLRACE_EXEC`. So these
/// get away, once their parent has ended: one in a session of its own (it has made itself a daemon), one whose environment was
/// [emptied][#clearEnv], and any where there is no `/proc`. After a normal end of the program nobody is stopped: what it has left in the background
/// runs on, as in Go.
///
/// **Threads.** A waiting call needs none but for its streams: one goroutine for each that is carried by this JVM. A file, the null device and an
/// inherited stream need none. For each process the JDK has a thread of its own that waits for its end.
///
/// **Compared with Go.** `CommandContext` stops one process, by KILL; here it is the tree, and TERM first. `Cancel` is [#cancel], `WaitDelay` is
/// [#grace] for the time from the cancel to the kill, and [#waitDelay] for the time from the end to the end of the output. By default Go waits for the
/// output for ever, and this does not wait at all. `ExitError` is [ExitException]. Not offered: `ExtraFiles`, `SysProcAttr`.
public final class Command {
    final Context ctx;
    final List<String> line;
    private @Nullable Path dir;
    private Map<String, String> changes = Map.of(); // the empty text with a NUL stands for "not set"
    private boolean clearEnv;
    @Nullable Object stdin; // byte[], InputStream, Redirect
    @Nullable Object stdout; // OutputStream, SendChan, Redirect
    @Nullable Object stderr; // OutputStream, Redirect
    boolean merge;
    boolean keepStderr;
    @Nullable CancelHook hook;
    Duration grace = Duration.ofSeconds(2);
    Duration waitDelay = Duration.ZERO;

    private static final String UNSET = "\0";

    Command(Context ctx, List<String> line) {
        this.ctx = ctx.view();
        this.line = line;
    }

    private Command with(Consumer<Command> change) {
        Command c = new Command(ctx, line);
        c.dir = dir;
        c.changes = changes;
        c.clearEnv = clearEnv;
        c.stdin = stdin;
        c.stdout = stdout;
        c.stderr = stderr;
        c.merge = merge;
        c.keepStderr = keepStderr;
        c.hook = hook;
        c.grace = grace;
        c.waitDelay = waitDelay;
        change.accept(c);
        return c;
    }

    // Where it runs.

    /// The directory in which it runs; by default that of this JVM.
    public Command dir(Path directory) {
        Objects.requireNonNull(directory, "directory");
        return with(c -> c.dir = directory);
    }

    /// Sets one variable of its environment, which is by default a copy of that of this JVM.
    ///
    /// @throws IllegalArgumentException when the name is empty or contains `=`, or one of the two contains NUL
    public Command env(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "expected the name of a variable, without '=' and NUL, was \"" + name.replace("\0", "\\0") + '"');
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the value of " + name + " must not contain NUL");
        }
        return withVariable(name, value);
    }

    /// Takes one variable out of its environment.
    public Command withoutEnv(String name) {
        return withVariable(Objects.requireNonNull(name, "name"), UNSET);
    }

    private Command withVariable(String name, String value) {
        var all = new HashMap<>(changes);
        all.put(name, value);
        return with(c -> c.changes = Collections.unmodifiableMap(all));
    }

    /// Begins with an empty environment; what was set so far is not set any more. Processes below it whose parent ends as they are started are not
    /// found then, see above.
    public Command clearEnv() {
        return with(c -> {
            c.clearEnv = true;
            c.changes = Map.of();
        });
    }

    // Streams.

    /// Gives it `text` to read, as UTF-8.
    public Command stdin(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return with(c -> c.stdin = bytes);
    }

    /// Gives it what `in` gives, on a goroutine that ends with its next read after the program has; nobody waits for that. `in` is not closed. A
    /// failure of `in` closes the program's input; a run that has had success otherwise throws it.
    public Command stdin(InputStream in) {
        Objects.requireNonNull(in, "in");
        return with(c -> c.stdin = in);
    }

    /// Gives it a file, [Redirect#INHERIT] the input of this JVM; with [Redirect#PIPE] the input is [Running#stdin()].
    public Command stdin(Redirect from) {
        Objects.requireNonNull(from, "from");
        return with(c -> c.stdin = from);
    }

    /// Carries its output to `out`, on a goroutine; it is flushed in the end and not closed. A failure of `out` closes the pipe, and is thrown by the
    /// run. While a write to it blocks, the run waits, too.
    public Command stdout(OutputStream out) {
        Objects.requireNonNull(out, "out");
        return with(c -> c.stdout = out);
    }

    /// Sends each line of its output to `lines`, without the line break, on a goroutine and under the context; closes the channel when the
    /// command has ended, after all lines were received, with the failure if there is one. When the receivers abandon the channel the
    /// next line ends the tree. A line of more than 1 MiB is a failure.
    public Command stdout(SendChan<String> lines) {
        Objects.requireNonNull(lines, "lines");
        return with(c -> c.stdout = lines);
    }

    /// Lets it write to a file, or with [Redirect#INHERIT] to the output of this JVM.
    ///
    /// @throws IllegalArgumentException for [Redirect#PIPE]
    public Command stdout(Redirect to) {
        notPipe(to, "stdout");
        return with(c -> c.stdout = to);
    }

    /// Like [#stdout(OutputStream)], for its standard error.
    public Command stderr(OutputStream err) {
        Objects.requireNonNull(err, "err");
        return with(c -> {
            c.stderr = err;
            c.merge = false;
        });
    }

    /// Like [#stdout(ProcessBuilder.Redirect)], for its standard error.
    public Command stderr(Redirect to) {
        notPipe(to, "stderr");
        return with(c -> {
            c.stderr = to;
            c.merge = false;
        });
    }

    /// Lets standard error go where standard output goes, in the order in which it was written.
    public Command mergeStderr() {
        return with(c -> {
            c.stderr = null;
            c.merge = true;
        });
    }

    /// Gives it the three streams of this JVM.
    public Command inheritIO() {
        return stdin(Redirect.INHERIT).stdout(Redirect.INHERIT).stderr(Redirect.INHERIT);
    }

    private static void notPipe(Redirect to, String name) {
        if (to.type() == Redirect.Type.PIPE) {
            throw new IllegalArgumentException(
                    "expected a file, INHERIT or DISCARD, was PIPE: give " + name
                            + " a stream, or ask for lines() or output()");
        }
    }

    // How it is stopped.

    /// What asks it to stop when the context has ended, in place of the signal TERM.
    public Command cancel(CancelHook hook) {
        Objects.requireNonNull(hook, "hook");
        return with(c -> c.hook = hook);
    }

    /// How long after it was asked to stop it is killed; zero: at once, and it is not asked. A process that does not heed KILL is waited
    /// for two seconds more; then the run gives up on it and says so.
    ///
    /// @throws IllegalArgumentException when that is negative
    public Command grace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must be >= 0, was " + grace);
        }
        return with(c -> c.grace = grace);
    }

    /// How long others that hold its output may go on writing after it has ended, as `tee` in `cmd > >(tee log)`. Zero, the default: what the
    /// program wrote before its end is taken, and no more is waited for.
    ///
    /// Otherwise the run also waits for the end of the output, for this time at most, counted from when the end of the program was seen; when that
    /// was not enough, and all else went well, it throws a [WaitDelayException]. To see the end of a pipe Java must block in a read, on a
    /// thread of the platform for each stream. Such a read cannot be taken back: after the delay the thread and the descriptor stay until the last
    /// holder has gone. Of a program that ends before that thread has come up, what others write later is lost.
    ///
    /// @throws IllegalArgumentException when that is negative
    public Command waitDelay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("wait delay must be >= 0, was " + delay);
        }
        return with(c -> c.waitDelay = delay);
    }

    // Running it.

    /// Starts it, and answers a handle. Blocks for the start only. The context's end stops the tree from now on, whether or not somebody
    /// waits. Call [Running#await()] in the end, as in Go.
    ///
    /// @throws dev.millrace.context.ContextException when the context has ended before; nothing was started
    /// @throws CommandException when there is no such program, or it cannot be executed
    /// @throws IOException when the system cannot start it otherwise
    public Running start() throws IOException {
        return Running.start(this);
    }

    /// Runs it to its end.
    ///
    /// @throws ExitException when it ends without success
    /// @throws dev.millrace.context.ContextException when the context has ended before, and then nothing was started; or ends first
    /// @throws InterruptedWaitException when the thread is interrupted; the tree was stopped, the interrupt status is set again
    /// @throws IOException as [#start] does; or when a stream that was given fails
    public void run() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedWaitException("run of " + this);
        }
        Running running = start();
        try {
            running.await();
        } catch (InterruptedWaitException e) {
            running.stop("the thread that ran " + this + " was interrupted");
            throw e;
        }
    }

    /// Runs it to its end and answers what it wrote to standard output, as UTF-8; what is malformed becomes U+FFFD. All of it is kept in
    /// memory. Fails as [#run()]; an [ExitException] then has the end of its standard error, unless that goes elsewhere.
    ///
    /// @throws IllegalStateException when standard output goes elsewhere
    public String output() throws IOException {
        return new String(outputBytes(), StandardCharsets.UTF_8);
    }

    /// [#output()], the bytes as they are.
    public byte[] outputBytes() throws IOException {
        if (stdout != null) {
            throw new IllegalStateException("exec: Stdout already set: output() needs it, run() does not");
        }
        var all = new ByteArrayOutputStream();
        stdout(all).keepingStderr().run();
        return all.toByteArray();
    }

    /// [#output()] with standard error in it. Go's `CombinedOutput`.
    ///
    /// @throws IllegalStateException when one of the two goes elsewhere
    public String combinedOutput() throws IOException {
        if (stderr != null) {
            throw new IllegalStateException("exec: Stderr already set: combinedOutput() needs it");
        }
        return mergeStderr().output();
    }

    /// Starts it and answers the lines of its standard output, each as soon as it is written; see [#stdout(SendChan)]. The channel has no
    /// buffer: a program whose lines nobody receives has to wait. Fails as [#start()]; any other failure closes the channel.
    ///
    /// ```java
    /// for (String line : Exec.command(ctx, "journalctl", "-f").lines()) {
    ///     …
    /// }
    /// ```
    ///
    /// @throws IllegalStateException when standard output goes elsewhere
    public ReceiveChan<String> lines() throws IOException {
        if (stdout != null) {
            throw new IllegalStateException("exec: Stdout already set: lines() needs it");
        }
        Chan<String> lines = Chan.<String>named(program()).unbuffered();
        stdout(lines).keepingStderr().start();
        return lines.receiveOnly();
    }

    private Command keepingStderr() {
        return stderr != null || merge ? this : with(c -> c.keepStderr = true);
    }

    // For its run.

    String program() {
        return line.getFirst();
    }

    @Nullable Path directory() {
        return dir;
    }

    void environment(Map<String, String> env) {
        if (clearEnv) {
            env.clear();
        }
        changes.forEach((name, value) -> {
            if (value.equals(UNSET)) {
                env.remove(name);
            } else {
                env.put(name, value);
            }
        });
    }

    boolean clearsEnvironment() {
        return clearEnv;
    }

    boolean changesEnvironment() {
        return clearEnv || !changes.isEmpty();
    }

    /// The program and its arguments, as Go shows them.
    @Override
    public String toString() {
        return String.join(" ", line);
    }
}
