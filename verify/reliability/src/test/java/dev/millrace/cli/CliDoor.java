package dev.millrace.cli;

import dev.millrace.context.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// What the command reads, for those who try bad input.
public final class CliDoor {
    private static final StringWriter SAID = new StringWriter();
    private static final CommandLine COMMANDS = commands();

    private CliDoor() {}

    private static CommandLine commands() {
        var err = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        var console = new Console(OutputStream.nullOutputStream(), err, false, 0);
        return Main.commands(new Session(Context.background(), console)).setErr(new PrintWriter(SAID, true));
    }

    /// The message of a complaint; null when the text is a span.
    public static String span(String text) {
        return complaint(() -> new DurationConverter().convert(text));
    }

    /// The same for a span that may be none.
    public static String grace(String text) {
        return complaint(() -> new ExecCommand.GraceConverter().convert(text));
    }

    /// The same for a count.
    public static String count(String text) {
        return complaint(() -> new Limits.CountConverter().convert(text));
    }

    private interface Reading {
        Object read() throws Exception;
    }

    private static String complaint(Reading reading) {
        try {
            reading.read();
            return null;
        } catch (TypeConversionException e) {
            return String.valueOf(e.getMessage());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// What is said of a command line; null when nothing is wrong with it. Nothing is run.
    public static synchronized String line(String[] arguments) {
        try {
            COMMANDS.parseArgs(arguments);
            return null;
        } catch (ParameterException e) {
            SAID.getBuffer().setLength(0);
            new Complaint().handleParseException(e, arguments);
            return SAID.toString();
        }
    }

    public static String[] exact(String[] decoded, byte[] commandLine) {
        return Arguments.exact(decoded, commandLine);
    }

    /// A name as a line of `md5sum`, and for a message.
    public static List<String> name(String argument) throws IOException {
        FileName name = FileName.ofArgument(argument);
        var line = new ByteArrayOutputStream();
        name.writeLine("0", line);
        return List.of(line.toString(StandardCharsets.ISO_8859_1), name.toString());
    }
}
