package dev.millrace.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The answer to a wrong command line: what is wrong, what was expected, where the help is.
final class Complaint implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        var err = command.getErr();
        err.println(name + ": " + (e instanceof UnmatchedArgumentException u ? unmatched(u) : e.getMessage()));
        err.println("Try '" + name + " --help'.");
        return ExitCode.USAGE;
    }

    /// An option's name without its dashes, which are alike in all, and without a value.
    private static String bare(String option) {
        return option.replaceFirst("^-+", "").replaceFirst("=.*", "");
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String argument = e.getUnmatched().getFirst();
        if (e.isUnknownOption()) {
            List<String> options = e.getCommandLine().getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .toList();
            List<String> near = Nearest.of(bare(argument), options.stream().map(Complaint::bare).toList());
            return "unknown option \"" + argument + "\"; "
                    + (near.isEmpty()
                            ? "expected one of " + String.join(", ", options) + " (a file of that name is \"./"
                                    + argument + "\")"
                            : "did you mean " + "--" + String.join(" or --", near) + "?");
        }
        List<String> commands = List.copyOf(e.getCommandLine().getSubcommands().keySet());
        return commands.isEmpty()
                ? "expected nothing more, was \"" + argument + "\""
                : "no command is called \"" + argument + "\"; expected one of " + String.join(", ", commands);
    }
}
