/// Programs that end with their context: Go's `os/exec`.
///
/// # The idea
///
/// A deadline at the door should end the process that was started below, and what that has started. `Process.destroy()` reaches only the
/// one process, a reader of its output can hang on a grandchild that holds the pipe, and nobody says who ended what. Here a
/// [Command] has a context. Its end stops the whole tree; the call that waited throws the context's exception, which says who it was.
///
/// # Rules of use
///
///  1. Give a program its arguments one by one: there is no shell, so nothing is split, expanded or injected.
///  2. For a run that must not last, derive a context: `parent.withTimeout(…)`. There is no other timeout.
///  3. Whoever calls [Command#start()] calls [Running#await()] in the end; [Command#run()], [Command#output()] and [Command#lines()] do so themselves.
///  4. A command is a value: `cmd.dir(d)` answers another one.
///  5. What a program leaves in the background after a normal end runs on. Only the end of the context stops trees.
///
/// # What happens before what
///
/// What happens before the start is visible to what runs for the command (hook, streams). All writes to a stream that was given, and what the hook did
/// before the tree was gone, are visible after [Running#await()] has returned or thrown.
///
/// # An example
///
/// ```java
/// try (var ctx = request.withTimeout(ofSeconds(2))) {
///     return Exec.command(ctx, "convert", "-", "png:-").stdin(upload).outputBytes();
/// } catch (ExitException e) {
///     throw new BadUpload(e.stderr());
/// }
/// ```
///
/// # From Go
///
/// | Go | here |
/// |---|---|
/// | `exec.CommandContext(ctx, "a", "b")` | [Exec#command]; the tree, TERM first |
/// | `exec.Command("a")` | the same under `Context.background()` |
/// | `cmd.Run()`, `cmd.Start()`, `cmd.Wait()` | [Command#run()], [Command#start()], [Running#await()] |
/// | `cmd.Output()`, `cmd.CombinedOutput()` | [Command#output()] (text), [Command#outputBytes()], [Command#combinedOutput()] |
/// | `cmd.Dir`, `cmd.Env`, `cmd.Stdin`, `cmd.Stdout`, `cmd.Stderr` | methods of the same names |
/// | `cmd.StdinPipe()` | `stdin(Redirect.PIPE)`, [Running#stdin()] |
/// | `cmd.StdoutPipe()` with a `bufio.Scanner` | [Command#lines()] |
/// | `cmd.Cancel` | [Command#cancel] |
/// | `cmd.WaitDelay` | [Command#grace], [Command#waitDelay] |
/// | `*exec.ExitError`, `exec.ErrWaitDelay`, `*exec.Error` | [ExitException], [WaitDelayException], [CommandException] |
/// | `exec.LookPath` | [Exec#lookPath] |
package dev.millrace.exec;
