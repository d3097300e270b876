package dev.millrace.cli;

import dev.millrace.context.Context;
import dev.millrace.jvm.Signals;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `millrace` command.
@Command(
        name = "millrace",
        header = "Go's concurrency on the JVM at work: bounded, parallel, and stopped by one context.",
        description = "",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.Version.class,
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:something failed",
            "2:the command line was wrong, or what it names is not what it should be; or a program that was run has died as Go's do",
            "124:the --timeout passed",
            "126, 127:exec: the command cannot be executed; there is no such command",
            "130:stopped by Ctrl-C (SIGINT); a second one ends the process at once",
            "143:stopped by SIGTERM"
        },
        footer = {
            "",
            "SIGUSR1 writes every goroutine, with what it waits for and its stack, to standard",
            "error: kill -USR1 PID. (SIGQUIT is the JVM's own dump.)"
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Main() {}

    /// Runs the command line and ends the process with the exit code.
    public static void main(String[] args) {
        int code;
        try (var root = Signals.notifyContext(Context.background(), "INT", "TERM")) {
            Console console = Console.ofProcess();
            dumpOnSignal(console.err());
            code = run(new Session(root, console), Arguments.exact(args));
        }
        System.exit(code); // whatever still runs is not waited for
    }

    private static void dumpOnSignal(PrintStream err) {
        try {
            Signals.dumpGoroutines("USR1", err);
        } catch (IllegalArgumentException e) {
            // a system without that signal: no dump, then
        }
    }

    /// Runs one command line and answers its exit code.
    static int run(Session session, String... args) {
        return commands(session).execute(args);
    }

    /// The commands with their options, ready to take a command line apart.
    static CommandLine commands(Session session) {
        Console console = session.console();
        var run = new CommandLine(new RunCommand(session)).setStopAtPositional(true); // the rest is the program's
        var exec = new CommandLine(new ExecCommand(session)).setStopAtPositional(true); // the rest is the other command's
        var commands = new CommandLine(new Main())
                .addSubcommand(withHelp(new CommandLine(new Md5Command(session))))
                .addSubcommand(withHelp(new CommandLine(new FetchCommand(session))))
                .addSubcommand(withHelp(run))
                .addSubcommand(withHelp(exec))
                .addSubcommand(withHelp(new CommandLine(new ListCommand(session))))
                .addSubcommand(withHelp(new CommandLine(new ConformanceCommand(session))))
                .addSubcommand(new HelpCommand());
        withHelp(commands)
                .getCommandSpec()
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build());
        return commands
                .setExpandAtFiles(false)
                .setColorScheme(console.colour() ? colours() : new ColorScheme.Builder(Ansi.OFF).build())
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(new Complaint())
                .setExecutionExceptionHandler((e, command, _) -> {
                    console.err().print(command.getCommandSpec().qualifiedName() + ": ");
                    e.printStackTrace(console.err());
                    return ExitCode.FAILED;
                });
    }

    private static CommandLine withHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
        return command;
    }

    private static ColorScheme colours() {
        return CommandLine.Help.defaultColorScheme(Ansi.ON);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "expected a command: md5, fetch, run, exec, list or conformance");
    }

    /// Reads what the build wrote.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var properties = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                if (in != null) {
                    properties.load(in);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new String[] {"millrace " + properties.getProperty("version", "of an unknown version")};
        }
    }
}
